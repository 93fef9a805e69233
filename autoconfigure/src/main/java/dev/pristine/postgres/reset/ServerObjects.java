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

package dev.pristine.postgres.reset;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Objects that are kept with the whole server. Those that belong to this database alone,
 * replication slots and subscriptions, are removed. Others are named only: nothing tells
 * whether a test of another database on the same server has made them.
 */
final class ServerObjects {

	// Name, state, and the statements that remove it
	private static final String READ = """
			SELECT 'role ' || quote_ident(rolname), concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb,
				rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig,
				ARRAY(SELECT roleid FROM pg_auth_members WHERE member = r.oid ORDER BY roleid)), NULL
			FROM pg_roles r WHERE rolname !~ '^pg_'
			UNION ALL SELECT 'tablespace ' || quote_ident(spcname), '', NULL FROM pg_tablespace
			UNION ALL SELECT 'database ' || quote_ident(datname), '', NULL FROM pg_database WHERE datname !~ '^pristine_'
			UNION ALL SELECT 'replication slot ' || quote_ident(slot_name), '', CASE WHEN database IS NOT NULL
				THEN format('SELECT pg_drop_replication_slot(%L)', slot_name) END
			FROM pg_replication_slots WHERE NOT temporary AND coalesce(database, current_database()) = current_database()
			UNION ALL SELECT 'subscription ' || quote_ident(subname), '', format('ALTER SUBSCRIPTION %1$I DISABLE;'
				'ALTER SUBSCRIPTION %1$I SET (slot_name = NONE);DROP SUBSCRIPTION %1$I', subname)
			FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())""";

	private static final String SETTINGS = " UNION ALL SELECT 'ALTER SYSTEM SET ' || name, setting, NULL"
			+ " FROM pg_file_settings WHERE sourcefile ~ 'auto[.]conf$' AND name IS NOT NULL";

	/**
	 * What is known of each server, by the time of its start. All resets share it, so
	 * that what one application context made is not put down to a test of another.
	 */
	private static final Map<String, Map<String, Found>> servers = new ConcurrentHashMap<>();

	private final Session session;

	private final String read;

	private final Set<String> kept = new HashSet<>();

	private final List<String> news = new ArrayList<>();

	private Map<String, Found> known = Map.of();

	ServerObjects(Session session) {
		this.session = session;
		this.read = READ + (session.superuser() ? SETTINGS : "");
	}

	// Add a look at all of them to a batch
	Map<String, Found> look(Batch batch) {
		Map<String, Found> found = new TreeMap<>();
		// Others share the database
		if (this.session.isWhole()) {
			batch.query(this.read, (row) -> found.put(row.getString(1), new Found(row.getString(2), row.getString(3))));
		}
		return found;
	}

	// Return whether a look saw others
	boolean differ(Map<String, Found> found) {
		return !found.equals(this.known);
	}

	/**
	 * Take what exists now for known.
	 * @return the names of what belongs to this database
	 */
	Set<String> capture() throws SQLException {
		StringBuilder server = new StringBuilder();
		Batch batch = new Batch();
		Map<String, Found> found = look(batch);
		batch.query("SELECT pg_postmaster_start_time()::text", (row) -> server.append(row.getString(1)))
			.run(this.session);
		Map<String, Found> before = servers.put(server.toString(), found);
		// What the application made while it started is its own
		if (!this.known.isEmpty() && before != null) {
			found.forEach((name, object) -> {
				if (object.removal == null && !object.equals(before.get(name))) {
					this.news.add(name + (before.containsKey(name) ? " (altered)" : ""));
				}
			});
		}
		this.known = found;
		return found.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().removal != null)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Remove what belongs to this database and was not there.
	 * @param target the names of what was there
	 * @param leftovers takes what is new or altered, once, with what became of it
	 */
	void restore(Set<String> target, List<String> leftovers) throws SQLException {
		capture();
		leftovers.addAll(this.news);
		this.news.clear();
		this.known.forEach((name, object) -> {
			try {
				if (object.removal != null && !target.contains(name)) {
					this.session.execute(object.removal);
					leftovers.add(name + " (removed)");
				}
			}
			catch (SQLException ex) {
				// Somebody uses it, or the role may not
				if (this.kept.add(name)) {
					leftovers.add(name);
				}
			}
		});
	}

	/**
	 * An object.
	 *
	 * @param state what can be altered
	 * @param removal the statements that remove it, {@code null} if others may need it
	 */
	record Found(String state, @Nullable String removal) {

	}

}
