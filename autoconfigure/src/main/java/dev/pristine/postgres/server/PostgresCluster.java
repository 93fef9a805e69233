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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.ProcessStart;
import dev.pristine.launch.UserCache;
import dev.pristine.migration.Digest;
import dev.pristine.resource.ResourceException;

/**
 * The initialised data directory in the user's cache that servers start with a copy of:
 * the one with the templates that this project has used last, else an empty one.
 *
 * @param cache the cache
 * @param programs the programs of the servers
 * @param locale the locale, or {@code null} for the usual one
 */
record PostgresCluster(UserCache cache, PostgresPrograms programs, @Nullable String locale) {

	/** The user that a server starts with. */
	static final String SUPERUSER = "postgres";

	/**
	 * The password in each of them. Many can read the cache, so that it does not last
	 * once a server has started.
	 */
	static final String PASSWORD = "pristine";

	private static final Log logger = LogFactory.getLog(PostgresCluster.class);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	// That of the official image
	private static final String DEFAULT_LOCALE = "en_US.utf8";

	private static final List<String> BYTES = List.of("--locale", "C.UTF-8");

	private static final Pattern BYTE_ORDER = Pattern.compile("(C|POSIX)(\\..*)?", Pattern.CASE_INSENSITIVE);

	/** The folder of a cache entry that is the data directory. */
	static final String DATA = "data";

	Path data() {
		Path kept = this.cache.latest(keptName());
		// Several locales may be tried
		Path entry = (kept != null) ? kept : this.cache.entry(name(), "Initialising a PostgreSQL cluster",
				PATIENCE.multipliedBy(4), this::initialise);
		return entry.resolve(DATA);
	}

	/**
	 * Return the beginning of the names of all cache entries of these programs.
	 * @return the name of the one without templates
	 */
	String name() {
		return "postgres-data-%s-%s".formatted(this.programs.id(), (this.locale != null) ? this.locale : "default")
			.replaceAll("[^A-Za-z0-9._-]", "_");
	}

	/**
	 * Return the beginning of the names of the cache entries with templates of this
	 * project.
	 * @return the beginning
	 */
	String keptName() {
		return name() + "-" + new Digest().add("project", System.getProperty("user.dir")) + "-";
	}

	private void initialise(Path draft) throws IOException {
		// The JDK's word for a user that the system does not know
		if ("?".equals(System.getProperty("user.name"))) {
			throw new ResourceException(
					"The embedded PostgreSQL cannot be initialised: this process runs as a user without a name, as in a container that was started with a user number of its own, and PostgreSQL refuses such users.",
					"Give the user a line in /etc/passwd, run as one that has it, start a Docker engine, or give the address of a server with 'pristine.postgres.url'.");
		}
		int version = this.programs.majorVersion();
		ResourceException failure = null;
		for (List<String> way : ways(version)) {
			try {
				initialise(version, way, draft);
				if (this.locale == null && way.equals(BYTES)) {
					logger.warn("PostgreSQL has no locale '" + DEFAULT_LOCALE + "' here and sorts text by bytes. "
							+ "Install the locale, or set 'pristine.postgres.locale' to 'C.UTF-8' if that is meant");
				}
				return;
			}
			catch (ResourceException ex) {
				logger.debug("No cluster with " + way, ex);
				failure = ex;
			}
		}
		throw Objects.requireNonNull(failure);
	}

	// The ways to have a locale: by the operating system, or by what PostgreSQL brings
	private List<List<String>> ways(int version) {
		String locale = (this.locale != null) ? this.locale : DEFAULT_LOCALE;
		if (BYTE_ORDER.matcher(locale).matches()) {
			return List.of((version >= 17 && locale.contains("."))
					? List.of("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C")
					: List.of("--locale", locale));
		}
		List<List<String>> ways = new ArrayList<>(List.of(List.of("--locale", locale)));
		if (version >= 15) {
			String language = locale.replaceAll("[.@].*", "").replace('_', '-');
			for (String rest : List.of("C.UTF-8", "C")) {
				ways.add(List.of("--locale-provider", "icu", "--icu-locale", language, "--locale", rest));
			}
		}
		if (this.locale == null) {
			ways.add(BYTES);
		}
		return ways;
	}

	private void initialise(int version, List<String> locale, Path draft) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-D", DATA, "--username", SUPERUSER, "--pwfile", "password", "--auth", "scram-sha-256",
						"--encoding", "UTF8", "--wal-segsize", "1", "--no-sync", "--no-instructions"));
		if (version >= 16) {
			// Passwords are random: many rounds would only slow each connection down
			arguments.addAll(List.of("--set", "scram_iterations=1"));
		}
		if (version >= 18) {
			arguments.add("--no-data-checksums");
		}
		arguments.addAll(locale);
		Path result = draft.resolve("initdb");
		new ProcessStart("initdb", this.programs.program("initdb"), (place) -> arguments)
			.files(Map.of("password", PASSWORD.getBytes(StandardCharsets.US_ASCII)))
			.in(draft)
			.neverAsRoot()
			.run(result, PATIENCE);
		Files.move(result.resolve(DATA), draft.resolve(DATA));
	}

	/**
	 * Give the user another password.
	 * @param connection a connection of the user
	 * @param password the password
	 * @throws SQLException if the server refuses
	 */
	static void setPassword(Connection connection, String password) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("ALTER ROLE CURRENT_USER PASSWORD " + statement.enquoteLiteral(password));
		}
	}

}
