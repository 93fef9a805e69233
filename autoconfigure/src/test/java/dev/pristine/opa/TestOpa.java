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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;

/**
 * An OPA for tests of what talks to one.
 */
final class TestOpa implements OpaConnectionDetails, AutoCloseable {

	private final Process process;

	private final URI url;

	private TestOpa(Process process, URI url) {
		this.process = process;
		this.url = url;
	}

	static TestOpa start() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		Process process = new ProcessBuilder(
				List.of("/tmp/opa-bin/opa", "run", "--server", "--addr", "127.0.0.1:" + port))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		TestOpa opa = new TestOpa(process, URI.create("http://127.0.0.1:" + port));
		for (int i = 0; i < 500; i++) {
			try {
				new OpaHttp(opa).get("/health");
				break;
			}
			catch (OpaException ex) {
				try {
					Thread.sleep(10);
				}
				catch (InterruptedException iex) {
				}
			}
		}
		return opa;
	}

	@Override
	public URI getUrl() {
		return this.url;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
