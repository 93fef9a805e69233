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
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.pristine.opa.OpaHttp.Exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaHttp} and {@link OpaConnection} against what HTTP servers and
 * gateways may answer.
 */
class OpaHttpTests {

	private final Deque<String> answers = new ArrayDeque<>();

	private ServerSocket server;

	private OpaHttp http;

	@BeforeEach
	void start() throws IOException {
		this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		this.http = new OpaHttp(URI.create("http://127.0.0.1:" + this.server.getLocalPort() + "/base/"), "secret");
		Thread thread = new Thread(this::serve, "http");
		thread.setDaemon(true);
		thread.start();
	}

	@AfterEach
	void stop() throws IOException {
		this.http.close();
		this.server.close();
	}

	@Test
	void readsAnswersOfKnownLength() {
		answer("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
		assertThat(this.http.get("/v1/config").path("a").asInt()).isEqualTo(1);
	}

	@Test
	void readsAnswersInChunks() {
		answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n");
		answer("HTTP/1.1 204 No Content\r\n\r\n");
		assertThat(this.http.get("/v1/config").path("a").asInt()).isEqualTo(1);
		assertThat(this.http.getText("/v1/config")).isEmpty();
	}

	@Test
	void readsAnswersThatEndWithTheConnection() {
		answer("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}");
		answer("HTTP/1.0 200 OK\r\n\r\n{\"a\":2}");
		assertThat(this.http.get("/v1/config").path("a").asInt()).isEqualTo(1);
		assertThat(this.http.get("/v1/config").path("a").asInt()).isEqualTo(2);
	}

	@Test
	void sendsTheRestAgainWhereTheServerClosesTheConnection() {
		answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
		answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
		answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n2");
		Exchange exchange = this.http.send(OpaRequest.get("/1"), OpaRequest.get("/2"));
		assertThat(List.of(exchange.text(0), exchange.text(1))).containsExactly("1", "2");
		assertThat(exchange.isRepeated()).isTrue();
	}

	@Test
	void saysThatItIsNoHttpServer() {
		answer("220 ready\r\n");
		answer("220 ready\r\n");
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.http.get("/v1/config"))
			.withMessageContaining("OPA does not answer at " + "http://127.0.0.1:" + this.server.getLocalPort())
			.withMessageContaining("no answer of an HTTP server");
	}

	@Test
	void saysThatItIsNoOpa() {
		answer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
		assertThatExceptionOfType(OpaException.class).isThrownBy(() -> this.http.get("/v1/config"))
			.withMessageContaining("is not OPA");
	}

	private void answer(String answer) {
		synchronized (this.answers) {
			this.answers.add(answer);
		}
	}

	// What has no end but that of the connection ends it
	private void serve() {
		while (!this.server.isClosed()) {
			try (Socket socket = this.server.accept()) {
				boolean open = true;
				while (open) {
					String request = request(socket.getInputStream());
					assertThat(request).startsWith("GET /base/").contains("Authorization: Bearer secret");
					String answer;
					synchronized (this.answers) {
						answer = this.answers.remove();
					}
					socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
					open = answer.startsWith("HTTP/1.1") && !answer.contains("Connection: close");
				}
			}
			catch (IOException | RuntimeException ex) {
				// The end of a connection
			}
		}
	}

	private static String request(InputStream in) throws IOException {
		StringBuilder request = new StringBuilder();
		while (request.indexOf("\r\n\r\n") == -1) {
			int next = in.read();
			if (next == -1) {
				throw new IOException("closed");
			}
			request.append((char) next);
		}
		return request.toString();
	}

}
