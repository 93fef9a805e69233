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
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.Servers;
import dev.pristine.postgres.reset.Baseline;
import dev.pristine.postgres.reset.DatabaseReset;
import dev.pristine.postgres.server.PostgresDatabase;

/**
 * The schemas of databases that are copies of the same template. The first of them is
 * read while the application starts.
 */
final class Originals {

	private static final Log logger = LogFactory.getLog(Originals.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Map<Object, CompletableFuture<@Nullable Baseline>> schemas = new ConcurrentHashMap<>();

	private Originals() {
	}

	/**
	 * Read a schema in the background, unless it is known.
	 * @param database a database that has just become a copy of a template
	 */
	static void read(PostgresDatabase database) {
		Object template = key(database);
		if (template != null) {
			CompletableFuture<@Nullable Baseline> read = schemas.computeIfAbsent(template,
					(key) -> Servers.inBackground("schema", () -> schema(database)).exceptionally((ex) -> {
						logger.debug("The schema of the template is not known", ex);
						return null;
					}));
			read.thenAccept((schema) -> {
				if (schema == null) {
					schemas.remove(template, read);
				}
			});
		}
	}

	private static @Nullable Baseline schema(PostgresDatabase database) {
		try (Connection connection = database.connect()) {
			Baseline schema = DatabaseReset.schema(connection, TIMEOUT);
			// What the application has changed meanwhile is not the template's. Unlogged
			// sequences count without a transaction
			return (database.isAsCopied(connection) && !schema.hasUnloggedSequences()) ? schema : null;
		}
		catch (SQLException ex) {
			throw new CompletionException(ex);
		}
	}

	/**
	 * Return the schema that a database had at first. Nobody is connected to read it any
	 * more.
	 * @param database the database
	 * @return the schema, or {@code null} if it is not known
	 */
	static @Nullable Baseline of(PostgresDatabase database) {
		Object template = key(database);
		CompletableFuture<@Nullable Baseline> schema = (template != null) ? schemas.get(template) : null;
		return (schema != null) ? schema.join() : null;
	}

	private static @Nullable Object key(PostgresDatabase database) {
		PostgresDatabase template = database.template();
		return (template != null) ? List.of(template.server(), template.name()) : null;
	}

}
