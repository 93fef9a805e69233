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
import java.util.UUID;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.ProcessStart;
import dev.pristine.launch.UserCache;
import dev.pristine.migration.Digest;
import dev.pristine.resource.ResourceException;

/**
 * An initialised data directory in the user's cache, which servers start with a copy of.
 *
 * @param cache the cache
 * @param programs the programs of the servers
 * @param locale the locale, or {@code null} for the usual one
 * @param name the name of the cache entry that nobody has worked in
 * @param data the directory
 * @param password the password of the superuser
 */
record PostgresCluster(UserCache cache, PostgresPrograms programs, @Nullable String locale, String name, Path data,
		String password) {

	private static final Log logger = LogFactory.getLog(PostgresCluster.class);

	static final String USERNAME = "postgres";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	// That of the official image
	private static final String DEFAULT_LOCALE = "en_US.utf8";

	private static final Pattern BYTE_ORDER = Pattern.compile("(C|POSIX)(\\..*)?", Pattern.CASE_INSENSITIVE);

	static PostgresCluster in(UserCache cache, PostgresPrograms programs, @Nullable String locale) {
		String name = "postgres-cluster-%s-%s".formatted(programs.id(), (locale != null) ? locale : "default")
			.replaceAll("[^A-Za-z0-9._-]", "_");
		Path kept = cache.latest(kept(name));
		// Several locales may be tried
		Path entry = (kept != null) ? kept : cache.entry(name, "Initialising a PostgreSQL cluster",
				PATIENCE.multipliedBy(4), (draft) -> initialise(programs, locale, draft));
		try {
			Path data = entry.resolve((kept != null) ? "data" : "content/data");
			return new PostgresCluster(cache, programs, locale, name, data,
					Files.readString(entry.resolve("password")));
		}
		catch (IOException ex) {
			throw new ResourceException("The cached cluster in '%s' cannot be read.".formatted(entry),
					"Remove that folder.", ex);
		}
	}

	/**
	 * Return the beginning of the names of the cache entries that have this project's
	 * templates.
	 * @param name the beginning of those that have the templates of any project
	 * @return the beginning
	 */
	static String kept(String name) {
		return name + "-" + new Digest().add("project", System.getProperty("user.dir")) + "-";
	}

	private static void initialise(PostgresPrograms programs, @Nullable String locale, Path draft) throws IOException {
		// The JDK's word for a user that the system does not know
		if ("?".equals(System.getProperty("user.name"))) {
			throw new ResourceException(
					"The embedded PostgreSQL cannot be initialised: this process runs as a user without a name, as in a container that was started with a user number of its own, and PostgreSQL refuses such users.",
					"Give the user a line in /etc/passwd, run as one that has it, start a Docker engine, or give the address of a server with 'pristine.postgres.url'.");
		}
		int version = programs.majorVersion();
		List<List<String>> locales = locales((locale != null) ? locale : DEFAULT_LOCALE, version);
		int faithful = locales.size();
		if (locale == null) {
			locales.addAll(locales("C.UTF-8", version));
		}
		String password = UUID.randomUUID().toString();
		for (int i = 0;; i++) {
			try {
				initialise(programs, version, locales.get(i), password, draft);
				if (i >= faithful) {
					logger.warn("PostgreSQL has no locale '" + DEFAULT_LOCALE + "' here and sorts text by bytes. "
							+ "Install the locale, or set 'pristine.postgres.locale' to 'C.UTF-8' if that is meant");
				}
				break;
			}
			catch (ResourceException ex) {
				if (i == locales.size() - 1) {
					throw ex;
				}
				logger.debug("No cluster with " + locales.get(i), ex);
			}
		}
		Files.writeString(draft.resolve("password"), password);
	}

	// The ways to have a locale: by the operating system, or by what PostgreSQL brings
	private static List<List<String>> locales(String locale, int version) {
		List<List<String>> ways = new ArrayList<>();
		if (!BYTE_ORDER.matcher(locale).matches()) {
			ways.add(List.of("--locale", locale));
			if (version >= 15) {
				String language = locale.replaceAll("[.@].*", "").replace('_', '-');
				for (String rest : List.of("C.UTF-8", "C")) {
					ways.add(List.of("--locale-provider", "icu", "--icu-locale", language, "--locale", rest));
				}
			}
			return ways;
		}
		if (locale.contains(".")) {
			if (version >= 17) {
				ways.add(List.of("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"));
			}
			ways.add(List.of("--locale", "C.UTF-8"));
		}
		ways.add(List.of("--locale", "C"));
		return ways;
	}

	private static void initialise(PostgresPrograms programs, int version, List<String> locale, String password,
			Path draft) {
		List<String> command = new ArrayList<>(List.of(programs.program("initdb").toString(), "-D", "data",
				"--username", USERNAME, "--pwfile", "password", "--auth", "scram-sha-256", "--encoding", "UTF8",
				"--wal-segsize", "1", "--no-sync", "--no-instructions"));
		if (version >= 16) {
			// Passwords are random: many rounds would only slow each connection down
			command.addAll(List.of("--set", "scram_iterations=1"));
		}
		if (version >= 18) {
			command.add("--no-data-checksums");
		}
		command.addAll(locale);
		ProcessStart.of("initdb", (place) -> command)
			.files(Map.of("password", password.getBytes(StandardCharsets.US_ASCII)))
			.in(draft)
			.neverAsRoot()
			.run(draft.resolve("content"), PATIENCE);
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
