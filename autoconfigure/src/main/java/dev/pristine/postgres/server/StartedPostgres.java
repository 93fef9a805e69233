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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.LaunchedServer;

/**
 * A {@link PostgresServer} that Pristine started: in a container or a native process.
 */
final class StartedPostgres extends PostgresServer {

	static final String USERNAME = "postgres";

	private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

	private final LaunchedServer server;

	private final String password;

	private final @Nullable KeptTemplates kept;

	/** The names of empty databases that nobody has used. */
	private final Queue<String> empty = new ConcurrentLinkedQueue<>();

	StartedPostgres(LaunchedServer server, String password, @Nullable KeptTemplates kept) {
		super(server, USERNAME, password, "pristine_");
		this.server = server;
		this.password = password;
		this.kept = kept;
	}

	@Override
	public PostgresUrl url(String database) {
		return PostgresUrl.of(this.server.host(), this.server.port(), database).forTests();
	}

	// A password in a log is of no use to others as long as nobody else gets there
	@Override
	String uri(String database) {
		boolean local = LOCAL.contains(this.server.host());
		return url(database).toUri(USERNAME, local ? this.password : null);
	}

	@Override
	boolean isOwn() {
		return true;
	}

	@Override
	String createEmpty() throws SQLException {
		String name = this.empty.poll();
		return (name != null) ? name : super.createEmpty();
	}

	// The next application context needs one
	@Override
	void giveUp(Connection connection, String name) throws SQLException {
		String next = nextName();
		Sql.execute(connection, "ALTER DATABASE %s RENAME TO %s".formatted(quote(name), quote(next)));
		this.empty.add(next);
	}

	@Override
	public void keep(String hash, Consumer<PostgresUrl> builder) {
		if (this.kept != null) {
			this.kept.add(hash, this.password, builder);
		}
	}

	@Override
	public String toString() {
		return "PostgreSQL at " + this.server;
	}

}
