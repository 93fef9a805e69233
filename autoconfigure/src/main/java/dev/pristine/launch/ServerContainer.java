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
 * A container in which a server runs, and the end of its log. The log is followed,
 * because it is gone with a container that does not start.
 */
final class ServerContainer implements Server {

	private static final int LOG_LENGTH = 4 * 1024;

	private final GenericContainer<?> container;

	private final StringBuffer log = new StringBuffer();

	/**
	 * Follow a container.
	 * @param container the container, which is not started yet
	 */
	ServerContainer(GenericContainer<?> container) {
		this.container = container;
		container.withLogConsumer((frame) -> append(frame.getUtf8String()));
	}

	private void append(String text) {
		this.log.append(text);
		this.log.delete(0, Math.max(0, this.log.length() - LOG_LENGTH));
	}

	// Also of a container that is gone
	String log() {
		return this.log.toString();
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
		return "(docker logs %s)%n%s".formatted(this.container.getContainerId(), log());
	}

}
