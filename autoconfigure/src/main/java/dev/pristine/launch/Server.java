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

/**
 * A server, as far as its life is concerned.
 *
 * @since 0.1.0
 */
public interface Server {

	/**
	 * One that others run.
	 */
	Server OF_OTHERS = new Server() {

		@Override
		public boolean isAlive() {
			return true;
		}

		@Override
		public void stop() {
		}

	};

	/**
	 * Return whether the server still works.
	 * @return {@code false} if the next request needs a new server
	 */
	boolean isAlive();

	/**
	 * Stop the server and remove what it left.
	 */
	void stop();

	/**
	 * Return the end of the server's log.
	 * @return where the log is, and its last lines; empty if nothing is known of it
	 */
	default String logTail() {
		return "";
	}

}
