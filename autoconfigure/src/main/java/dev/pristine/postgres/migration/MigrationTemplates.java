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
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;

import dev.pristine.migration.Digest;
import dev.pristine.migration.Migrations;
import dev.pristine.migration.UnknownOutcomeException;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresUrl;
import dev.pristine.postgres.server.Sql;
import dev.pristine.postgres.server.TemplateDatabase;

/**
 * Has the same migrations run once on a server: their outcome is kept as a template, and
 * the application context's still empty database becomes a copy of it.
 */
public final class MigrationTemplates {

	private static final Log logger = LogFactory.getLog(MigrationTemplates.class);

	// All that a migration can see of a server and of its own database, but not its name;
	// nothing if somebody has connected to it
	private static final String SERVER = """
			SELECT concat_ws('|', version(), current_user, datdba::regrole, encoding, datcollate, datctype,
				to_jsonb(d) ->> 'datlocprovider', to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale',
				(SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
				WHERE context IN ('user', 'superuser') AND source NOT IN ('default', 'client', 'session', 'override')),
				(SELECT string_agg(name || '=' || default_version, ',' ORDER BY name) FROM pg_available_extensions))
			FROM pg_database d WHERE datname = ? AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
			AND NOT EXISTS (SELECT FROM pg_stat_database s WHERE s.datid = d.oid
				AND coalesce((to_jsonb(s) ->> 'sessions')::bigint, xact_commit) <> 0)""";

	private final ObjectProvider<PostgresDatabase> databases;

	private final Consumer<PostgresDatabase> listener;

	private boolean copied;

	/**
	 * Create the templates.
	 * @param databases the database of the application context
	 * @param listener told when the database has become a copy
	 */
	public MigrationTemplates(ObjectProvider<PostgresDatabase> databases, Consumer<PostgresDatabase> listener) {
		this.databases = databases;
		this.listener = listener;
	}

	/**
	 * Make the database a copy of what the migrations make, if nobody has used it.
	 * @param migrations the migrations
	 * @return whether it is a copy now, and the migrations need not run
	 */
	public boolean isCopied(Migrations migrations) {
		PostgresDatabase database = this.databases.getIfAvailable();
		if (database == null || !database.server().createsDatabases()) {
			logger.debug("No template: the migrations' database is not one that Pristine has created");
			return false;
		}
		if (this.copied) {
			logger.debug("No template: the database is a copy of what other migrations have made");
			return false;
		}
		try (Connection connection = database.server().connectToServer()) {
			MigrationSession session = MigrationSession.of(migrations, database);
			Digest digest = session.digest()
				.add("parameters", database.url().parameters())
				.add("zone", TimeZone.getDefault().getID());
			migrations.addTo(digest);
			List<String> server = Sql.strings(connection, SERVER, database.name());
			if (server.isEmpty()) {
				throw new UnknownOutcomeException("somebody has connected to the database before the migrations");
			}
			digest.add("server", server);
			copy(connection, database, digest.toString(), (url) -> session.migrate(database.withParameters(url)));
			this.copied = true;
			this.listener.accept(database);
		}
		catch (UnknownOutcomeException ex) {
			logger.debug("No template: " + ex.getMessage());
		}
		catch (SQLException | RuntimeException ex) {
			// What is wrong with the migrations shows as it does without a template
			logger.debug("No template", ex);
		}
		return this.copied;
	}

	private static void copy(Connection connection, PostgresDatabase database, String hash,
			Consumer<PostgresUrl> builder) throws SQLException {
		List<List<String>> before = new ArrayList<>();
		TemplateDatabase template = new TemplateDatabase(connection, hash, database.server().templates());
		template.hold((name) -> {
			before.add(serverWide(connection));
			builder.accept(database.server().url(name));
		});
		database.become(connection, template.name());
		if (before.isEmpty()) {
			database.server().markAsUsed(hash);
		}
		// What a role would be to migrations that are changed and make it again
		else if (before.contains(serverWide(connection))) {
			database.server().keep(hash, builder);
		}
	}

	// What belongs to no database
	private static List<String> serverWide(Connection connection) throws SQLException {
		return Sql.strings(connection, """
				SELECT concat_ws('|', (SELECT string_agg(r::text, ',' ORDER BY rolname) FROM pg_roles r),
					(SELECT string_agg(m::text, ',' ORDER BY m::text) FROM pg_auth_members m),
					(SELECT string_agg(s::text, ',' ORDER BY s::text) FROM pg_db_role_setting s WHERE setdatabase = 0),
					(SELECT string_agg(t::text, ',' ORDER BY spcname) FROM pg_tablespace t))""");
	}

}
