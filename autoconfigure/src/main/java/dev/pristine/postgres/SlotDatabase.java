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
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.postgres.route.DataSourceTarget;
import dev.pristine.postgres.route.SlotTarget;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.OwnSchema;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.resource.SharedServer;

/**
 * The database of one slot, with what leads to it, and what it can be replaced by.
 *
 * @param name the name of the database
 * @param targets what leads to it, as far as it is known
 * @param own the database, if Pristine has made it
 * @param base what it is a copy of, or {@code null} if there is no such thing
 * @param schema the schema that stands for it, or {@code null} if there is a whole
 * database
 * @param refusal why it cannot be replaced and what to do about it, or {@code null} if it
 * can
 * @param shared tells whether other application contexts use it, or {@code null} if it
 * belongs to one
 * @param release what to do when it is not used any more
 */
record SlotDatabase(String name, List<? extends SlotTarget<?>> targets, @Nullable PostgresDatabase own,
		@Nullable PostgresDatabase base, @Nullable OwnSchema schema, @Nullable String refusal,
		@Nullable SharedServer shared, Runnable release) implements AutoCloseable {

	/**
	 * Return a database that is the only one of its kind.
	 * @param identity the database
	 * @param targets what leads to it, as far as it is known
	 * @param own the database, if Pristine has made it
	 * @param refusal why it has no copies
	 * @return the database
	 */
	static SlotDatabase only(DatabaseIdentity identity, List<? extends SlotTarget<?>> targets,
			@Nullable PostgresDatabase own, String refusal) {
		SharedServer shared = (own != null) ? null
				: new SharedServer(identity, "the database '" + identity.database() + "'");
		return new SlotDatabase(identity.database(), targets, own, null, null, refusal, shared, () -> {
		});
	}

	/**
	 * Return a database that can be replaced by a copy of another one.
	 * @param database the database
	 * @param targets what leads to it
	 * @param base what it is a copy of
	 * @param release what to do when it is not used any more
	 * @return the database
	 */
	static SlotDatabase copy(PostgresDatabase database, List<? extends SlotTarget<?>> targets, PostgresDatabase base,
			Runnable release) {
		return new SlotDatabase(database.name(), targets, database, base, null, null, null, release);
	}

	/**
	 * Return a schema that stands for a database.
	 * @param schema the schema
	 * @param targets the data sources that lead to it
	 * @param release what to do when it is not used any more
	 * @return the database
	 */
	static SlotDatabase schema(OwnSchema schema, List<? extends SlotTarget<?>> targets, Runnable release) {
		return new SlotDatabase(schema.name(), targets, null, null, schema,
				"it is a schema of a database that others share.", null, release);
	}

	/**
	 * Return the data sources that lead to the database.
	 * @return their targets
	 */
	List<DataSourceTarget> dataSources() {
		return this.targets.stream()
			.filter(DataSourceTarget.class::isInstance)
			.map(DataSourceTarget.class::cast)
			.toList();
	}

	/**
	 * Replace the database, under its own name, by a fresh copy. Whoever is connected is
	 * cut off.
	 * @return a connection to the new one
	 * @throws SQLException if the server refuses
	 */
	Connection replace() throws SQLException {
		Assert.state(this.own != null && this.base != null, "There is no copy");
		for (SlotTarget<?> target : this.targets) {
			Assert.state(target.evict(), () -> "the pool of %s would keep its connections".formatted(target));
		}
		this.own.server().dropDatabase(this.name);
		this.base.copyTo(this.name);
		// Those that came while the others were closed
		this.targets.forEach(SlotTarget::evict);
		return this.base.connectTo(this.own);
	}

	@Override
	public void close() {
		this.release.run();
	}

}
