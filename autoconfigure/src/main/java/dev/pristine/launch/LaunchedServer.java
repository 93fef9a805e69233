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

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A server that answers: in a container, in a native process, or at a given address.
 *
 * @since 0.1.0
 */
public final class LaunchedServer implements Server {

	private static final Pattern SECRETS = Pattern.compile("(?<=//)[^/@]*@|\\?.*");

	private final Launch launch;

	private final String url;

	private final Server server;

	LaunchedServer(Launch launch, String url, Server server) {
		this.launch = launch;
		this.url = url;
		this.server = server;
	}

	/**
	 * Return how the server came to exist.
	 * @return the way; {@link Launch#EXTERNAL} if Pristine did not start it
	 */
	public Launch launch() {
		return this.launch;
	}

	/**
	 * Return the address of the server.
	 * @return the given address as it is, or scheme, host and port
	 */
	public String url() {
		return this.url;
	}

	/**
	 * Return the host of the server.
	 * @return the host's name or address
	 */
	public String host() {
		return URI.create(this.url).getHost();
	}

	/**
	 * Return the port of the server.
	 * @return the port, or -1 if the given address has none
	 */
	public int port() {
		return URI.create(this.url).getPort();
	}

	@Override
	public boolean isAlive() {
		return this.server.isAlive();
	}

	@Override
	public void stop() {
		this.server.stop();
	}

	@Override
	public String logTail() {
		return this.server.logTail();
	}

	/**
	 * Return the file that the server writes its log to.
	 * @return the file, or {@code null} if this is no native process
	 */
	public @Nullable Path logFile() {
		return (this.server instanceof NativeProcess process) ? process.logFile() : null;
	}

	@Override
	public String toString() {
		return SECRETS.matcher(this.url).replaceAll("");
	}

}
