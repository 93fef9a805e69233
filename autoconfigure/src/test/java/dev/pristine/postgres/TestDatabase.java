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

package dev.pristine.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pristine.launch.Servers;
import dev.pristine.launch.UserCache;

/**
 * An empty database of a test, on the embedded server that all tests of the JVM share.
 */
public final class TestDatabase implements AutoCloseable {

	private static final AtomicInteger counter = new AtomicInteger();

	private final PostgresServer server;

	private final String name;

	private TestDatabase(PostgresServer server, String name) {
		this.server = server;
		this.name = name;
	}

	public static TestDatabase create() {
		PostgresServer server = Servers.get("TestDatabase",
				() -> EmbeddedPostgres.start(UserCache.in(null), null, Map.of()));
		String name = "test_" + counter.incrementAndGet();
		try {
			server.createDatabase(name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new TestDatabase(server, name);
	}

	public Connection connect() {
		try {
			return DriverManager.getConnection(url(), username(), password());
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public String url() {
		return this.server.url(this.name);
	}

	public String name() {
		return this.name;
	}

	public String username() {
		return this.server.username();
	}

	public String password() {
		return this.server.password();
	}

	@Override
	public void close() {
		try {
			this.server.dropDatabase(this.name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
