/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.pristine.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ServerDefinition} where a Docker engine answers, but images cannot be
 * had.
 */
@DockerTest
@ExtendWith(OutputCaptureExtension.class)
class ContainerLaunchIntegrationTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	@Timeout(120)
	void processTakesThePlaceOfContainerWhoseImageNobodyHas(CapturedOutput output) throws IOException {
		HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		registry.createContext("/v2/", (exchange) -> {
			exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/v2/") ? 200 : 404, -1);
			exchange.close();
		});
		registry.start();
		String image = "localhost:" + registry.getAddress().getPort() + "/none:1";
		try {
			LaunchedServer server = EchoServer.define("nobody").image(image, 80).start(this.environment);
			assertThat(server.launch()).isEqualTo(Launch.EMBEDDED);
			assertThat(output).containsOnlyOnce("hello 1.0 (embedded, because the image '" + image + "' is not there");
			server.stop();
		}
		finally {
			registry.stop(0);
		}
	}

	@Test
	@Timeout(120)
	void registryThatIsGoneIsAskedOnceAndNotForMinutes() throws IOException {
		String image = "localhost:" + FreePort.find(0, "test") + "/none:1";
		for (int i = 0; i < 5; i++) {
			LaunchedServer server = EchoServer.define("gone").image(image, 80).start(this.environment);
			assertThat(server.launch()).isEqualTo(Launch.EMBEDDED);
			server.stop();
		}
	}

	@Test
	@Timeout(120)
	void pullThatMakesNoProgressEnds() throws IOException {
		// Accepts connections, and says nothing
		try (ServerSocket registry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			String image = "localhost:" + registry.getLocalPort() + "/none:1";
			LaunchedServer server = EchoServer.define("silent").image(image, 80).start(this.environment);
			assertThat(server.launch()).isEqualTo(Launch.EMBEDDED);
			server.stop();
		}
	}

	@Test
	void demandedContainerIsRefusedWithRemedy() throws IOException {
		String image = "localhost:" + FreePort.find(0, "test") + "/none:1";
		this.environment.setProperty("pristine.refused.launch", "container");
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> EchoServer.define("refused").image(image, 80).start(this.environment))
			.withMessageContaining("the image '" + image + "' is not there and cannot be pulled")
			.withMessageContaining("'pristine.refused.image'");
	}

}
