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

package dev.pristine.postgres.migration;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

import dev.pristine.migration.FlywayMigrations;
import dev.pristine.migration.UnknownOutcomeException;
import dev.pristine.postgres.server.OwnSchema;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.Sql;
import dev.pristine.resource.ResourceException;

/**
 * The application's migrations, which run once more in another schema.
 *
 * @param flyways what runs them
 */
public record RepeatedMigrations(List<Flyway> flyways) {

	/** What has a schema, other than the own one, and comes from no extension. */
	private static final String SHARED = """
			SELECT lower(nspname), lower(name) FROM pg_namespace n JOIN (
				SELECT relnamespace, relname, oid FROM pg_class UNION ALL SELECT pronamespace, proname, oid FROM pg_proc
				UNION ALL SELECT typnamespace, typname, oid FROM pg_type) o(namespace, name, oid) ON namespace = n.oid
			WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e') AND"""
			+ OwnSchema.ELSEWHERE;

	/**
	 * Return what has migrated the application's database.
	 * @param beanFactory the beans of the application
	 * @return the migrations, or {@code null} if there is no Flyway
	 */
	public static @Nullable RepeatedMigrations of(ListableBeanFactory beanFactory) {
		List<Flyway> flyways = beanFactory.getBeanProvider(Flyway.class).stream().toList();
		return flyways.isEmpty() ? null : new RepeatedMigrations(flyways);
	}

	/**
	 * Find a name in the migrations that is the same whichever schema they run in.
	 * @param connection a connection to the database
	 * @return the name and where it is, or {@code null} if there is none
	 * @throws SQLException if the server does not answer
	 */
	public @Nullable String qualifiedName(Connection connection) throws SQLException {
		Map<String, Set<String>> shared = new HashMap<>();
		Sql.query(connection,
				(row) -> shared.computeIfAbsent(row.getString(1), (schema) -> new HashSet<>()).add(row.getString(2)),
				SHARED);
		return this.flyways.stream()
			.map((flyway) -> new FlywayMigrations(flyway).qualifiedName(shared))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Run them.
	 * @param from the database that they have run in
	 * @param to the database that they run in now
	 * @throws SQLException if the server refuses
	 * @throws ResourceException if they fail there
	 */
	public void run(PostgresDatabase from, PostgresDatabase to) throws SQLException {
		try {
			for (Flyway flyway : this.flyways) {
				MigrationSession.of(new FlywayMigrations(flyway), from).migrate(to.url());
			}
		}
		catch (UnknownOutcomeException | FlywayException ex) {
			throw new ResourceException(
					"The migrations cannot run once more, in another schema: %s.".formatted(ex.getMessage()),
					"Have them make everything in the schema that they find, or have databases created: 'ALTER ROLE ... CREATEDB'.",
					ex);
		}
	}

}
