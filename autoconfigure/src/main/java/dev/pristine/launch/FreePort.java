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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A port of the loopback interface that nobody listens on.
 */
final class FreePort {

	private static final Log logger = LogFactory.getLog(FreePort.class);

	private FreePort() {
	}

	/**
	 * Find a port.
	 * @param wanted the port to prefer, or 0
	 * @param server for whom, in messages
	 * @return the port
	 */
	static int find(int wanted, String server) {
		try {
			return bind(wanted);
		}
		catch (IOException ex) {
			if (wanted == 0) {
				throw new UncheckedIOException("No free port on the loopback interface", ex);
			}
			int port = find(0, server);
			logger.warn("Port %d is in use, by another context or run perhaps: %s listens on %d instead"
				.formatted(wanted, server, port));
			return port;
		}
	}

	private static int bind(int port) throws IOException {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
