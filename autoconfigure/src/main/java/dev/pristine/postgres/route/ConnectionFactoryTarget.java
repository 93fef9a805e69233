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

package dev.pristine.postgres.route;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

import io.r2dbc.spi.Closeable;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.r2dbc.ConnectionFactoryBuilder;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.pristine.ownership.TestOwner;
import dev.pristine.postgres.server.DatabaseIdentity;
import dev.pristine.postgres.server.PostgresDatabase;
import dev.pristine.postgres.server.PostgresR2dbcConnectionDetails;
import dev.pristine.resource.ResourceException;

/**
 * Where a {@link ConnectionFactoryRoute} leads on one slot. What Spring Boot made tells
 * its options, so that it can be made once more.
 *
 * @param name the name of the application's bean
 * @param factory opens the connections
 * @param decorators what Spring Boot puts around each factory
 * @param lent the connections that are in use for tests
 */
record ConnectionFactoryTarget(String name, ConnectionFactory factory, Iterable<ConnectionFactoryDecorator> decorators,
		LentConnections lent) implements SlotTarget<ConnectionFactoryTarget> {

	private static final Log logger = LogFactory.getLog(ConnectionFactoryTarget.class);

	ConnectionFactoryTarget(String name, ConnectionFactory factory, Iterable<ConnectionFactoryDecorator> decorators) {
		this(name, factory, decorators, new LentConnections());
	}

	/**
	 * Open a connection.
	 * @param owner whom it is for, or {@code null} if nobody knows
	 * @return what opens it
	 */
	Mono<Connection> connect(@Nullable TestOwner owner) {
		Mono<Connection> connection = Mono.from(this.factory.create());
		return (owner != null) ? connection.map((created) -> this.lent.lend(created, owner)) : connection;
	}

	/**
	 * Return whether the connections lead to a database.
	 * @param database the database
	 * @return whether they do, as far as it is known
	 */
	boolean leadsTo(PostgresDatabase database) {
		OptionsCapableConnectionFactory own = OptionsCapableConnectionFactory.unwrapFrom(this.factory);
		ConnectionFactoryOptions options = PostgresR2dbcConnectionDetails.options(database.url());
		return own != null && Stream
			.of(ConnectionFactoryOptions.HOST, ConnectionFactoryOptions.PORT, ConnectionFactoryOptions.DATABASE)
			.allMatch((option) -> Objects.equals(options.getValue(option), own.getOptions().getValue(option)));
	}

	/**
	 * Ask where the connections lead.
	 * @return the database, or {@code null} if it is not PostgreSQL or does not answer
	 */
	@Nullable DatabaseIdentity identify() {
		return Flux
			.usingWhen(this.factory.create(),
					(connection) -> connection.createStatement(DatabaseIdentity.QUERY).execute(), Connection::close)
			.concatMap((result) -> result.map((row) -> String.valueOf(row.get(0, String.class))))
			.collectList()
			.map(DatabaseIdentity::of)
			.timeout(R2dbcPool.LIMIT)
			.doOnError((ex) -> logger.debug("Nobody knows where " + this + " leads", ex))
			.onErrorComplete()
			.block();
	}

	@Override
	public ConnectionFactoryTarget derive(String database, String copy) {
		ConnectionFactory derived = ConnectionFactoryBuilder.derivedFrom(this.factory)
			.database(copy)
			.decorators(this.decorators)
			.build();
		R2dbcPool pool = R2dbcPool.of(this.factory);
		if (derived.getClass() != ((pool != null) ? pool.unpooled() : this.factory).getClass()) {
			throw new ResourceException(
					"The ConnectionFactory '%s' cannot be had once more for a copy of its database: it is a %s."
						.formatted(this.name, this.factory.getClass().getName()),
					"Have Spring Boot make it.");
		}
		return new ConnectionFactoryTarget(this.name, (pool != null) ? pool.around(derived) : derived, this.decorators);
	}

	/**
	 * The sessions stay as they are: a connection is only waited for.
	 */
	@Override
	public void cleanSessions(String culprit, Duration patience) {
		this.lent.end(culprit, this.name, patience);
	}

	@Override
	public boolean evict() {
		R2dbcPool pool = R2dbcPool.of(this.factory);
		return pool == null || pool.evict();
	}

	@Override
	public void close() {
		if (this.factory instanceof Closeable closeable) {
			Mono.from(closeable.close()).timeout(R2dbcPool.LIMIT).onErrorComplete().block();
		}
	}

	@Override
	public String toString() {
		return "the ConnectionFactory '" + this.name + "'";
	}

}
