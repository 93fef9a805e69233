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

package dev.pristine.opa;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaHttp} where there is no OPA.
 */
@Timeout(60)
class OpaHttpTests {

	@Test
	void saysThatNothingAnswers() {
		assertUnreachable(URI.create("http://127.0.0.1:1/"), "OPA does not answer at http://127.0.0.1:1/");
	}

	@Test
	void saysInTimeThatSomethingIsSilent() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			assertUnreachable(url(silent.getLocalPort()), "does not answer");
		}
	}

	@Test
	void saysThatSomethingElseAnswers() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			byte[] answer = "<html>".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, answer.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(answer);
			}
		});
		server.start();
		try {
			assertUnreachable(url(server.getAddress().getPort()), "is not OPA");
		}
		finally {
			server.stop(0);
		}
	}

	private static void assertUnreachable(URI url, String message) {
		OpaConnectionDetails details = () -> url;
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> new OpaHttp(details).get("/v1/policies"))
			.withMessageContaining(message)
			.matches((ex) -> ex.getStatus() == 0);
	}

	private static URI url(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

}
