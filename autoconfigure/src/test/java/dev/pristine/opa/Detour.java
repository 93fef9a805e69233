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
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A way to an OPA that can get lost.
 */
final class Detour implements AutoCloseable {

	private final URI target;

	private final ServerSocket server;

	private volatile boolean losing;

	private Detour(URI target) throws IOException {
		this.target = target;
		this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	static Detour to(NativeOpa opa) throws IOException {
		return new Detour(opa.getUrl());
	}

	/**
	 * Have OPA get the next requests, and nobody its answers.
	 */
	void loseNextAnswers() {
		this.losing = true;
	}

	URI url() {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort());
	}

	private void accept() throws IOException {
		while (!this.server.isClosed()) {
			Socket near = this.server.accept();
			Socket far = new Socket(this.target.getHost(), this.target.getPort());
			start(() -> pass(near, far, false));
			start(() -> pass(far, near, true));
		}
	}

	private void pass(Socket from, Socket to, boolean answers) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[64 * 1024];
			for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
				if (answers && this.losing
						&& new String(buffer, 0, length, StandardCharsets.UTF_8).startsWith("HTTP/1.1")) {
					this.losing = false;
					return;
				}
				out.write(buffer, 0, length);
			}
		}
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The end of a connection
			}
		}, "detour");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

	private interface Task {

		void run() throws IOException;

	}

}
