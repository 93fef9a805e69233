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

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.postgres.route.DataSourceTarget;

/**
 * Tells why a mode cannot be had with a database.
 */
final class ModeRefusal {

	static final String WITHOUT_DATA_SOURCE = "it is used without a DataSource, as with R2DBC, and only connections of a DataSource can share a transaction";

	private ModeRefusal() {
	}

	/**
	 * Ask for a mode.
	 * @param isolation the mode
	 * @param database the database
	 * @param resettable whether something may be deleted in it
	 * @param noTransaction why nothing can be one transaction, or {@code null} if it can
	 * @return the reason and the remedy, or {@code null} if it can be had
	 */
	static @Nullable String of(TestIsolation isolation, SlotDatabase database, boolean resettable,
			@Nullable String noTransaction) {
		return switch (isolation) {
			case TRUNCATE -> wholeDatabase(database, resettable);
			case DATABASE -> copy(database, resettable);
			case SCHEMA -> schema(database);
			case TRANSACTION -> transaction(database, resettable, noTransaction);
			case NONE -> null;
		};
	}

	private static @Nullable String wholeDatabase(SlotDatabase database, boolean resettable) {
		if (database.schema() != null) {
			return "the user may not create databases, so the tests have a schema in a database of others, in which "
					+ "nothing else is deleted. Use SCHEMA, or TRANSACTION, or grant it: 'ALTER ROLE ... CREATEDB'.";
		}
		return resettable ? null
				: ("the database '%s' is one that Pristine did not create, so nothing is deleted in it. If everything in "
						+ "it may be deleted, set pristine.postgres.disposable=true; otherwise let Pristine provide the "
						+ "database, or use TRANSACTION.")
					.formatted(database.name());
	}

	private static @Nullable String copy(SlotDatabase database, boolean resettable) {
		String reason = wholeDatabase(database, resettable);
		return (reason != null || database.refusal() == null) ? reason
				: "the database '%s' cannot be replaced by a copy: %s Or use TRUNCATE, or TRANSACTION for changes of the schema."
					.formatted(database.name(), database.refusal());
	}

	private static @Nullable String schema(SlotDatabase database) {
		return (database.schema() != null) ? database.schema().refusal()
				: ("it needs a schema that Pristine has made, as it does where it may create no database, and in which every "
						+ "DataSource works; '%s' is a whole database. Use TRUNCATE, or DATABASE if the test also changes the schema.")
					.formatted(database.name());
	}

	private static @Nullable String transaction(SlotDatabase database, boolean resettable,
			@Nullable String noTransaction) {
		List<DataSourceTarget> targets = database.dataSources();
		// A reset undoes what else is committed
		String reason = (noTransaction == null && !resettable && targets.size() < database.targets().size())
				? WITHOUT_DATA_SOURCE : noTransaction;
		if (reason != null) {
			String remedy = resettable ? "Use " + ((database.schema() != null) ? "SCHEMA." : "TRUNCATE.")
					: "Let Pristine provide the database, or set pristine.postgres.disposable=true if everything in it may be deleted.";
			return "the database '%s' cannot have it: %s. %s".formatted(database.name(), reason, remedy);
		}
		for (DataSourceTarget other : targets) {
			DataSourceTarget first = targets.get(0);
			String difference = first.settings().differenceFrom(other.settings());
			if (!difference.isEmpty()) {
				return ("the DataSources '%s' and '%s' lead to the same database, but their sessions differ (%s), and "
						+ "there is only one connection in TRANSACTION mode. Use TRUNCATE.")
					.formatted(first.name(), other.name(), difference);
			}
		}
		return null;
	}

}
