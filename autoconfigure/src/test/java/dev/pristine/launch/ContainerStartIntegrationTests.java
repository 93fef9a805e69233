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
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ContainerStart}.
 */
@DockerTest
class ContainerStartIntegrationTests {

	@Test
	void saysThatTheImageCannotBeHad() throws IOException {
		HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		registry.createContext("/v2/", (exchange) -> {
			boolean found = exchange.getRequestURI().getPath().equals("/v2/");
			byte[] body = "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"unknown\"}]}"
				.getBytes(StandardCharsets.UTF_8);
			boolean head = exchange.getRequestMethod().equals("HEAD");
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(found ? 200 : 404, head ? -1 : body.length);
			if (!head) {
				exchange.getResponseBody().write(body);
			}
			exchange.close();
		});
		registry.start();
		String image = "localhost:" + registry.getAddress().getPort() + "/none:1";
		try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))) {
			assertThatExceptionOfType(ResourceException.class)
				.isThrownBy(() -> ContainerStart.start(container, image, "redis", container::stop))
				.satisfies((ex) -> assertThat(ex.getProblem()).isEqualTo("The image '" + image + "' could not be had."))
				.satisfies((ex) -> assertThat(ex.getAction()).contains("pristine.redis.image")
					.contains("pristine.redis.launch=embedded"));
		}
		finally {
			registry.stop(0);
		}
	}

}
