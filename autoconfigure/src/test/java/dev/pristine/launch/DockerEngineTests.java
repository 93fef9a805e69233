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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DockerEngine}.
 */
class DockerEngineTests {

	@TempDir
	private Path directory;

	@Test
	void findsEngineThatAnswersPing() throws IOException {
		HttpServer server = server(200);
		String address = "tcp://localhost:" + server.getAddress().getPort();
		try {
			DockerEngine engine = DockerEngine.find(Set.of(address));
			assertThat(engine.answers()).isTrue();
			assertThat(engine.reason()).isEqualTo("a Docker engine answers at " + address);
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void findsEngineBehindUnixSocket() throws Exception {
		Path socket = this.directory.resolve("docker.sock");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(socket));
			Thread thread = new Thread(() -> {
				try (SocketChannel client = server.accept()) {
					client.read(ByteBuffer.allocate(64));
					client.write(ByteBuffer.wrap("HTTP/1.0 200 OK\r\n\r\nOK".getBytes(StandardCharsets.US_ASCII)));
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			thread.start();
			assertThat(DockerEngine.find(Set.of("unix://" + socket)).answers()).isTrue();
			thread.join(5000);
		}
	}

	@Test
	void isToldWhatDoesNotAnswer() throws IOException {
		HttpServer server = server(500);
		try {
			DockerEngine engine = DockerEngine.find(Set.of("tcp://localhost:" + server.getAddress().getPort()));
			assertThat(engine.answers()).isFalse();
			assertThat(engine.reason()).contains("no Docker engine answers at tcp://localhost").contains("500");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void isToldThatSocketIsMissing() {
		DockerEngine engine = DockerEngine.find(Set.of("unix://" + this.directory.resolve("none.sock")));
		assertThat(engine.answers()).isFalse();
		assertThat(engine.reason()).contains("none.sock (not there)");
	}

	@Test
	@Timeout(30)
	void silentEngineIsNotWaitedFor() throws IOException {
		try (ServerSocket silent = new ServerSocket()) {
			silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			String address = "tcp://localhost:" + silent.getLocalPort();
			DockerEngine engine = DockerEngine.find(Set.of(address));
			assertThat(engine.reason()).contains("no answer within 3000 ms");
		}
	}

	@Test
	void looksWhereTestcontainersDoes() throws IOException {
		Files.writeString(this.directory.resolve(".testcontainers.properties"), "docker.host=tcp://elsewhere:2375");
		assertThat(DockerEngine.candidates(Map.of("DOCKER_HOST", "tcp://first:2375", "XDG_RUNTIME_DIR", "/run/user/7"),
				this.directory, false))
			.startsWith("tcp://first:2375", "tcp://elsewhere:2375", "unix:///var/run/docker.sock")
			.contains("unix:///run/user/7/docker.sock");
		assertThat(DockerEngine.candidates(Map.of(), this.directory.resolve("x"), true))
			.containsExactly("npipe:////./pipe/docker_engine");
	}

	private static HttpServer server(int status) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/_ping", (exchange) -> {
			exchange.sendResponseHeaders(status, -1);
			exchange.close();
		});
		server.start();
		return server;
	}

}
