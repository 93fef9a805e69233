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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.pristine.launch.LaunchedServer;
import dev.pristine.launch.Place;
import dev.pristine.launch.ProcessStart;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * The templates that an embedded server finds when it starts: they are in the cluster
 * that it is a copy of. A server of its own makes that cluster, which no test works in.
 *
 * @param cluster the cluster
 * @param arguments the arguments of the server
 */
record KeptTemplates(PostgresCluster cluster, Function<Place, List<String>> arguments) {

	private static final Log logger = LogFactory.getLog(KeptTemplates.class);

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	// Each is copied at each start
	private static final int TEMPLATES = 3;

	// Of all projects and their working copies, some 50 MB each
	private static final int CLUSTERS = 16;

	/**
	 * Add a template, in the background. The JVM waits for it a while when it ends.
	 * @param hash the hash of the template
	 * @param password the password that the builder uses
	 * @param builder fills the database at an address
	 */
	void add(String hash, String password, Consumer<PostgresUrl> builder) {
		CompletableFuture<Void> work = CompletableFuture.runAsync(() -> addNow(hash, password, builder), (task) -> {
			Thread thread = new Thread(task, "pristine-template");
			thread.setDaemon(true);
			thread.start();
		});
		try {
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> work.completeOnTimeout(null, 15, TimeUnit.SECONDS).join()));
		}
		catch (IllegalStateException ex) {
			logger.debug("The JVM ends before a template is kept", ex);
		}
	}

	// To a copy of what was used last, of which the newest templates stay
	private synchronized void addNow(String hash, String password, Consumer<PostgresUrl> builder) {
		try {
			UserCache cache = this.cluster.cache();
			cache.entry(this.cluster.keptName() + hash, "Keeping the outcome of the migrations", PATIENCE,
					(draft) -> new ProcessStart("postgres-template", this.cluster.programs().program("postgres"),
							this.arguments)
						.in(draft)
						.withCopyOf(this.cluster.data())
						.neverAsRoot()
						.run(draft.resolve(PostgresCluster.DATA), PATIENCE,
								(server) -> build(server, hash, password, builder)));
			cache.removeOld(this.cluster.name() + "-", CLUSTERS);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The next run has to migrate again", ex);
		}
	}

	private static String build(LaunchedServer server, String hash, String password, Consumer<PostgresUrl> builder)
			throws SQLException {
		// Fails until the server is ready
		Connection connection = DriverManager.getConnection(PostgresUrl.of(server, "postgres").toString(),
				PostgresCluster.SUPERUSER, PostgresCluster.PASSWORD);
		try (connection) {
			PostgresCluster.setPassword(connection, password);
			new TemplateDatabase(connection, hash, TEMPLATES)
				.hold((name) -> builder.accept(PostgresUrl.of(server, name)));
			PostgresCluster.setPassword(connection, PostgresCluster.PASSWORD);
			return "";
		}
		catch (SQLException | RuntimeException ex) {
			throw new ResourceException("The migrations do not run once more.", "See the cause.", ex);
		}
	}

}
