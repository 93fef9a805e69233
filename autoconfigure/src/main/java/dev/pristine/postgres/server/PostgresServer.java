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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Server;

/**
 * A PostgreSQL server that Pristine has started, and makes databases on.
 */
public class PostgresServer implements Server {

	/**
	 * What belongs to a database but is kept by the server, so that a copy does not get
	 * it by itself: settings and privileges. The values of some settings are lists of
	 * identifiers, stored as they are written.
	 */
	private static final String ATTRIBUTES = """
			WITH original AS (SELECT oid, datacl FROM pg_catalog.pg_database WHERE datname = ?),
			  copy AS (SELECT quote_ident(?) AS name)
			SELECT format('ALTER %s SET %s TO %s',
			    coalesce('ROLE ' || quote_ident(rolname) || ' IN ', '') || 'DATABASE ' || name, split_part(setting, '=', 1),
			    CASE WHEN split_part(setting, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries',
			      'session_preload_libraries') THEN substr(setting, strpos(setting, '=') + 1)
			    ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
			  FROM copy, original JOIN pg_catalog.pg_db_role_setting ON setdatabase = original.oid
			    LEFT JOIN pg_catalog.pg_roles role ON role.oid = setrole, unnest(setconfig) AS setting
			UNION ALL SELECT 'REVOKE ALL ON DATABASE ' || name || ' FROM PUBLIC' FROM copy, original
			  WHERE datacl IS NOT NULL
			UNION ALL SELECT format('GRANT %s ON DATABASE %s TO %s', privilege_type, name,
			    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(grantee)) END)
			  FROM copy, original, aclexplode(datacl)""";

	private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

	private final LaunchedServer server;

	private final @Nullable String username;

	private final @Nullable String password;

	private final String prefix;

	private final @Nullable KeptTemplates kept;

	private final AtomicInteger counter = new AtomicInteger();

	/** The names of empty databases that nobody has used. */
	private final Queue<String> empty = new ConcurrentLinkedQueue<>();

	/**
	 * Create a server.
	 * @param server what was launched
	 * @param username the user that makes databases and that the application connects as,
	 * or {@code null} for the driver's default
	 * @param password the password of the user, or {@code null} if there is none
	 * @param prefix what the names of its databases begin with
	 * @param kept keeps templates for the next run, or {@code null} if the server does so
	 */
	PostgresServer(LaunchedServer server, @Nullable String username, @Nullable String password, String prefix,
			@Nullable KeptTemplates kept) {
		this.server = server;
		this.username = username;
		this.password = password;
		this.prefix = prefix;
		this.kept = kept;
	}

	/**
	 * Return the address of a database.
	 * @param database its name
	 * @return the JDBC URL
	 */
	public PostgresUrl url(String database) {
		return PostgresUrl.of(this.server.host(), this.server.port(), database).forTests();
	}

	/**
	 * Return the address of a database as people enter it.
	 * @param database its name
	 * @return the URI, fit for a log: with the password only if nobody else gets there
	 */
	final String uri(String database) {
		boolean shown = isOwn() && LOCAL.contains(this.server.host());
		return url(database).toUri(this.username, shown ? this.password : null);
	}

	@Nullable String username() {
		return this.username;
	}

	@Nullable String password() {
		return this.password;
	}

	private String nextName() {
		return this.prefix + this.counter.incrementAndGet();
	}

	/**
	 * Return whether the server is there for this JVM alone, and ends with it.
	 * @return whether nobody else uses it
	 */
	final boolean isOwn() {
		return this.server.launch() != Launch.EXTERNAL;
	}

	/**
	 * Return how many templates the server keeps: on one of others, those of a few
	 * branches of a few projects.
	 * @return the number; all if they end with this JVM, whose databases rely on them
	 */
	public final int templates() {
		return isOwn() ? Integer.MAX_VALUE : 8;
	}

	/**
	 * Return whether everything on the server is about to go with it.
	 * @return whether the JVM ends, and the server with it
	 */
	final boolean isEnding() {
		try {
			Runtime.getRuntime().removeShutdownHook(new Thread());
			return false;
		}
		catch (IllegalStateException ex) {
			return isOwn();
		}
	}

	/**
	 * Return an empty database under a name of its own.
	 * @return the name
	 * @throws SQLException if the server refuses
	 */
	final String createEmpty() throws SQLException {
		String name = this.empty.poll();
		if (name == null) {
			name = nextName();
			createDatabase(name, null);
		}
		return name;
	}

	/**
	 * Give an empty database up: the next application context needs one.
	 * @param connection a connection to the server
	 * @param name the name of the database
	 * @throws SQLException if the server refuses, as when somebody is connected
	 */
	final void giveUp(Connection connection, String name) throws SQLException {
		if (!isOwn()) {
			drop(connection, name, "");
			return;
		}
		String next = nextName();
		Sql.execute(connection, "ALTER DATABASE %s RENAME TO %s".formatted(Sql.quote(name), Sql.quote(next)));
		this.empty.add(next);
	}

	/**
	 * Return whether each application context has a database of its own: otherwise it
	 * shares one with others, whose rows must not be touched.
	 * @return {@code false} if it has a schema only
	 */
	public boolean createsDatabases() {
		return true;
	}

	/**
	 * Create a database.
	 * @param name its name
	 * @param template the database to copy, which nobody is connected to, or {@code null}
	 * for an empty one
	 * @throws SQLException if the server refuses
	 */
	final void createDatabase(String name, @Nullable String template) throws SQLException {
		try (Connection connection = connectToServer()) {
			create(connection, name, template);
			if (template != null) {
				for (String sql : Sql.strings(connection, ATTRIBUTES, template, name)) {
					Sql.execute(connection, sql);
				}
			}
		}
	}

	void create(Connection connection, String name, @Nullable String template) throws SQLException {
		Sql.execute(connection, creation(connection, name, template));
	}

	/**
	 * Return the statement that creates a database. Copies of its files take half of the
	 * time or less: 16 ms instead of 30 with 50 tables, 30 instead of 75 with 200. Before
	 * 15, there is nothing else.
	 * @param connection a connection to the server
	 * @param name the name of the database
	 * @param template the database to copy, or {@code null} for an empty one
	 * @return the statement
	 * @throws SQLException if the connection does not work
	 */
	static String creation(Connection connection, String name, @Nullable String template) throws SQLException {
		boolean choice = connection.getMetaData().getDatabaseMajorVersion() >= 15;
		return "CREATE DATABASE " + Sql.quote(name) + ((template != null) ? " TEMPLATE " + Sql.quote(template) : "")
				+ (choice ? " STRATEGY FILE_COPY" : "");
	}

	/**
	 * Drop a database, whoever uses it.
	 * @param name its name
	 * @throws SQLException if the server refuses
	 */
	public final void dropDatabase(String name) throws SQLException {
		try (Connection connection = connectToServer()) {
			drop(connection, name, " WITH (FORCE)");
		}
	}

	void drop(Connection connection, String name, String options) throws SQLException {
		Sql.execute(connection, "DROP DATABASE IF EXISTS " + Sql.quote(name) + options);
	}

	/**
	 * Mark a template as used that an earlier run has kept, unless the server does so.
	 * @param hash the hash of the template
	 */
	public final void markAsUsed(String hash) {
		if (this.kept != null) {
			this.kept.markAsUsed(hash);
		}
	}

	/**
	 * Keep a template for the next run, in the background, unless the server does so.
	 * @param hash the hash of the template
	 * @param builder fills an empty database at an address on another server, with the
	 * same user and password
	 */
	public final void keep(String hash, Consumer<PostgresUrl> builder) {
		if (this.kept != null) {
			this.kept.add(hash, builder);
		}
	}

	/**
	 * Connect to the server, but to none of the databases of tests.
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	public Connection connectToServer() throws SQLException {
		return connect(url("postgres").with("socketTimeout", "60"));
	}

	/**
	 * Connect to a database.
	 * @param url its address
	 * @return the connection
	 * @throws SQLException if the server refuses
	 */
	public final Connection connect(PostgresUrl url) throws SQLException {
		return DriverManager.getConnection(url.toString(), this.username, this.password);
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
