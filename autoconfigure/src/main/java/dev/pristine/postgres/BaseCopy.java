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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import dev.pristine.postgres.route.SlotTarget;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.Sql;
import dev.pristine.resource.Patience;
import dev.pristine.resource.ResourceException;

/**
 * The copy of a database that keeps what it held when the application had started. Nobody
 * connects to it, so that the databases of all slots can be copied from it at any time.
 */
final class BaseCopy {

	/**
	 * How many looks, of a millisecond or more, find the same idle ones before they stay.
	 */
	private static final int LOOKS = 200;

	/** How long to wait at all. */
	private static final Duration LIMIT = Duration.ofSeconds(3);

	private static final String OTHERS = """
			SELECT format('%s (pid %s, last: %s%s)', coalesce(nullif(application_name, ''), 'no application_name'),
				string_agg(pid::text, ', ' ORDER BY pid), coalesce(nullif(left(query, 80), ''), 'nothing'),
				CASE WHEN backend_type = 'client backend' AND state <> 'idle' THEN ', at work' END)
			FROM pg_catalog.pg_stat_activity WHERE datname = ? AND backend_type IN ('client backend', 'walsender')
			GROUP BY application_name, backend_type, state, query ORDER BY 1""";

	private BaseCopy() {
	}

	/**
	 * Copy a database, unless its template is the same. Connections that are opened
	 * meanwhile wait.
	 * @param database the database
	 * @param identity where the application's connections lead
	 * @param targets what opens them
	 * @param template what the database was a copy of, or {@code null} for nothing that
	 * can stand for it
	 * @return the copy, or the template
	 * @throws ResourceException if there can be none
	 */
	static PostgresDatabase of(PostgresDatabase database, DatabaseIdentity identity,
			List<? extends SlotTarget<?>> targets, @Nullable PostgresDatabase template) {
		if (!database.server().createsDatabases()) {
			throw new ResourceException("The user may not create databases on the %s.".formatted(database.server()),
					"Grant it: 'ALTER ROLE ... CREATEDB'.");
		}
		targets.forEach((target) -> target.derive(identity.database(), identity.database()).close());
		List<Runnable> released = targets.stream().map(SlotTarget::holdBack).toList();
		try (Connection connection = database.server().connectToServer()) {
			DatabaseIdentity server = DatabaseIdentity.of(connection);
			if (server == null || !server.server().equals(identity.server())) {
				throw new ResourceException("The database '%s' of the application is on another server than Pristine's."
					.formatted(identity.database()), "Remove its URL, so that Pristine provides the database.");
			}
			String others = awaitNobody(connection, identity.database(), targets);
			if (!others.isEmpty()) {
				throw new ResourceException(
						"Others than the idle connections of HikariCP and R2DBC stay connected to the database '%s': %s."
							.formatted(identity.database(), others),
						"Have them use the application's DataSource or ConnectionFactory, and give its connections back, those from its start too. For Quartz, remove org.quartz.jobStore.dataSource.");
			}
			return (template != null && database.isAsCopied(connection)) ? template : copy(database, targets);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ResourceException("The copy of the database was interrupted.", "Run the tests again.", ex);
		}
		catch (SQLException | ExecutionException ex) {
			throw new ResourceException(
					"The database '%s' cannot be copied: %s".formatted(identity.database(), ex.getMessage()),
					"See the server's log.", ex);
		}
		finally {
			released.forEach(Runnable::run);
		}
	}

	private static String awaitNobody(Connection connection, String database, List<? extends SlotTarget<?>> targets)
			throws SQLException, InterruptedException {
		Patience wait = new Patience(LIMIT);
		List<String> before = List.of();
		int same = 0;
		while (true) {
			// Once more each time: the pool may just have opened another one
			targets.forEach(SlotTarget::evict);
			List<String> others = Sql.strings(connection, OTHERS, database);
			// Not by the clock: whoever closes them is paused when this JVM is
			same = others.equals(before) ? same + 1 : 0;
			boolean working = others.stream().anyMatch((other) -> other.endsWith("at work)"));
			if (others.isEmpty() || (!working && same > LOOKS) || !wait.lasts()) {
				return String.join(", ", others);
			}
			before = others;
			Thread.sleep(1);
		}
	}

	// One that the pool was just opening would not leave by itself
	private static PostgresDatabase copy(PostgresDatabase database, List<? extends SlotTarget<?>> targets)
			throws ExecutionException, InterruptedException {
		FutureTask<PostgresDatabase> copy = new FutureTask<>(() -> database.copyTo(database.name() + "_base"));
		new Thread(copy, "pristine-copy").start();
		while (true) {
			try {
				return copy.get(10, TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				targets.forEach(SlotTarget::evict);
			}
		}
	}

}
