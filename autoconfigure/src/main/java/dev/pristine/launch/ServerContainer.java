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

import java.util.List;

import org.testcontainers.containers.GenericContainer;

/**
 * A container in which a server runs.
 *
 * @param container the container
 */
record ServerContainer(GenericContainer<?> container) implements Server {

	private static final int LOG_LINES = 40;

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
		String command = "docker logs " + this.container.getContainerId();
		try {
			List<String> lines = this.container.getLogs().lines().toList();
			return "(%s)%n%s".formatted(command,
					String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
		}
		catch (RuntimeException ex) {
			return "(%s: %s)".formatted(command, ex.getMessage());
		}
	}

}
