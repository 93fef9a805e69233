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
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.pristine.launch.Place;
import dev.pristine.launch.ProcessStart;
import dev.pristine.launch.UserCache;
import dev.pristine.migration.Digest;

/**
 * The templates that an embedded server finds when it starts: they are in the cluster
 * that it is a copy of. A server of its own makes that cluster, which no test works in.
 *
 * @param cluster the cluster that the server is a copy of
 * @param password the password of the server, which builders use
 * @param arguments the arguments of the server
 */
record KeptTemplates(PostgresCluster cluster, String password, Function<Place, List<String>> arguments) {

	private static final Log logger = LogFactory.getLog(KeptTemplates.class);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	// Each is copied at each start
	private static final int TEMPLATES = 3;

	private static final int CLUSTERS = 2;

	// Of all projects and their working copies, some 50 MB each
	private static final int ALL_CLUSTERS = 16;

	private static final String LIST = "templates";

	/**
	 * Add a template, in the background. The JVM waits for it a while when it ends.
	 * @param hash the hash of the template
	 * @param builder fills the database at an address
	 */
	void add(String hash, Consumer<PostgresUrl> builder) {
		Thread thread = new Thread(() -> addNow(hash, builder), "pristine-template");
		thread.setDaemon(true);
		try {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> await(thread), "pristine-template-end"));
			thread.start();
		}
		catch (IllegalStateException ex) {
			logger.debug("No template is kept: the JVM ends", ex);
		}
	}

	private static void await(Thread thread) {
		try {
			thread.join(TimeUnit.SECONDS.toMillis(15));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void addNow(String hash, Consumer<PostgresUrl> builder) {
		UserCache cache = this.cluster.cache();
		try {
			// One with more templates may have been kept meanwhile
			PostgresCluster cluster = PostgresCluster.in(cache, this.cluster.programs(), this.cluster.locale());
			Path list = cluster.data().resolveSibling(LIST);
			List<String> hashes = new ArrayList<>(Files.exists(list) ? Files.readAllLines(list) : List.of());
			if (hashes.contains(hash)) {
				return;
			}
			hashes.add(hash);
			List<String> kept = hashes.subList(Math.max(0, hashes.size() - TEMPLATES), hashes.size());
			String prefix = PostgresCluster.kept(cluster.name());
			cache.entry(prefix + new Digest().add(LIST, kept), "Keeping the outcome of the migrations",
					PATIENCE.multipliedBy(5), (draft) -> {
						work(cluster, draft, hash, builder);
						Files.writeString(draft.resolve("password"), cluster.password());
						Files.write(draft.resolve(LIST), kept);
					});
			cache.removeOld(prefix, CLUSTERS);
			cache.removeOld(cluster.name() + "-", ALL_CLUSTERS);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The next run has to migrate again", ex);
		}
	}

	private void work(PostgresCluster cluster, Path draft, String hash, Consumer<PostgresUrl> builder) {
		ProcessStart.of("postgres-template", (place) -> {
			List<String> command = new ArrayList<>(List.of(cluster.programs().program("postgres").toString()));
			command.addAll(this.arguments.apply(place));
			return command;
		})
			.in(draft)
			.withCopyOf(cluster.data())
			.neverAsRoot()
			.run(draft.resolve("data"), PATIENCE, (port) -> work(port, cluster.password(), hash, builder));
	}

	private void work(int port, String first, String hash, Consumer<PostgresUrl> builder) {
		try (Connection connection = connect(port, first)) {
			PostgresCluster.setPassword(connection, this.password);
			new TemplateDatabase(connection, hash, TEMPLATES)
				.hold((name) -> builder.accept(PostgresUrl.of("127.0.0.1", port, name).forTests()));
			PostgresCluster.setPassword(connection, first);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Connection connect(int port, String password) throws SQLException {
		String url = PostgresUrl.of("127.0.0.1", port, "postgres").forTests().toString();
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			try {
				return DriverManager.getConnection(url, PostgresCluster.USERNAME, password);
			}
			catch (SQLException ex) {
				boolean starting = List.of("08001", "57P03").contains(String.valueOf(ex.getSQLState()));
				if (!starting || System.nanoTime() > end) {
					throw ex;
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
		}
	}

}
