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

package dev.pristine.postgres.server;

import java.sql.SQLException;

/**
 * Tells what to do about a server that has no room left: for connections, all of which
 * the pools of the application contexts use that Spring keeps for further tests, or for
 * data.
 */
public final class FullServer {

	private static final String TOO_MANY_CONNECTIONS = "53300";

	private static final String DISK_FULL = "53100";

	private FullServer() {
	}

	/**
	 * Return what to do about a failure.
	 * @param failure the failure
	 * @param otherwise what to do if it is another one
	 * @return the action
	 */
	public static String action(Exception failure, String otherwise) {
		if (failure instanceof SQLException ex && TOO_MANY_CONNECTIONS.equals(ex.getSQLState())) {
			return "All connections of the server are in use, most likely by the pools of cached application contexts. "
					+ "Set 'spring.datasource.hikari.maximum-pool-size' lower for the tests, have Spring keep fewer "
					+ "contexts ('spring.test.context.cache.maxSize'), or let the server accept more connections: "
					+ "'pristine.postgres.settings.max_connections' for one that Pristine starts.";
		}
		if (failure instanceof SQLException ex && DISK_FULL.equals(ex.getSQLState())) {
			return "The server has no space left for its data: make room, or set 'pristine.postgres.data-directory' to a "
					+ "folder with more of it. A container has what its engine gives to memory.";
		}
		return otherwise;
	}

}
