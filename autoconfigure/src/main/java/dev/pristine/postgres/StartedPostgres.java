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

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.LaunchedServer;

/**
 * A {@link PostgresServer} that Pristine started: in a container or a native process.
 */
final class StartedPostgres implements PostgresServer {

	static final String USERNAME = "postgres";

	private static final Log logger = LogFactory.getLog(StartedPostgres.class);

	private final LaunchedServer server;

	private final String password;

	private final AtomicInteger counter = new AtomicInteger();

	private final AtomicBoolean told = new AtomicBoolean();

	private final @Nullable KeptTemplates kept;

	StartedPostgres(LaunchedServer server, String password, @Nullable KeptTemplates kept) {
		this.server = server;
		this.password = password;
		this.kept = kept;
	}

	@Override
	public PostgresUrl url(String database) {
		return PostgresUrl.of(this.server.host(), this.server.port(), database).forTests();
	}

	@Override
	public String nextName() {
		return "pristine_" + this.counter.incrementAndGet();
	}

	@Override
	public void createDatabase(String name, @Nullable String template) throws SQLException {
		PostgresServer.super.createDatabase(name, template);
		if (this.counter.get() == 1 && !this.told.getAndSet(true)) {
			logger.info("The first database: psql \""
					+ url(name).toUri(USERNAME, isLocal(this.server.host()) ? this.password : null) + "\"");
		}
	}

	@Override
	public void keep(String hash, Consumer<PostgresUrl> builder) {
		if (this.kept != null) {
			this.kept.add(hash, this.password, builder);
		}
	}

	// A password in a log is of no use to others as long as nobody else gets there
	private static boolean isLocal(String host) {
		try {
			return InetAddress.getByName(host).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	@Override
	public @Nullable String username() {
		return USERNAME;
	}

	@Override
	public @Nullable String password() {
		return this.password;
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

	@Override
	public String toString() {
		return "PostgreSQL at " + this.server;
	}

}
