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

import org.testcontainers.containers.GenericContainer;

/**
 * A server in a container.
 */
final class ServerContainer extends LaunchedServer {

	private final GenericContainer<?> container;

	private final StringBuffer log;

	/**
	 * Create a server that runs.
	 * @param url where it listens
	 * @param container the container
	 * @param log the end of its log, which grows
	 */
	ServerContainer(String url, GenericContainer<?> container, StringBuffer log) {
		super(Launch.CONTAINER, url);
		this.container = container;
		this.log = log;
	}

	@Override
	public boolean isAlive() {
		try {
			return this.container.isRunning();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@Override
	public void stop() {
		this.container.stop();
	}

	@Override
	public String logTail() {
		return "(docker logs %s)%n%s".formatted(this.container.getContainerId(), this.log);
	}

}
