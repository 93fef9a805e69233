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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

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
	private static final int COUNT = 3;

	private static final int CLUSTERS = 2;

	// Of all projects and their working copies, some 50 MB each
	private static final int ALL_CLUSTERS = 16;

	// A folder for each, which tells when it was used: the data must not change
	private static final String TEMPLATES = "templates";

	/**
	 * Mark a template as used if the cluster has it.
	 * @param hash the hash of the template
	 */
	void markAsUsed(String hash) {
		templates(this.cluster).resolve(hash).toFile().setLastModified(System.currentTimeMillis());
	}

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
			List<String> hashes = hashes(cluster);
			if (hashes.contains(hash)) {
				return;
			}
			List<String> kept = Stream.concat(Stream.of(hash), hashes.stream()).limit(COUNT).toList();
			String prefix = PostgresCluster.kept(cluster.name());
			cache.entry(prefix + new Digest().add(TEMPLATES, kept), "Keeping the outcome of the migrations",
					PATIENCE.multipliedBy(5), (draft) -> {
						work(cluster, draft, kept, builder);
						Files.writeString(draft.resolve("password"), cluster.password());
						long now = System.currentTimeMillis();
						for (int i = 0; i < kept.size(); i++) {
							Path folder = Files.createDirectories(draft.resolve(TEMPLATES).resolve(kept.get(i)));
							folder.toFile().setLastModified(now - TimeUnit.SECONDS.toMillis(2 * i));
						}
					});
			cache.removeOld(prefix, CLUSTERS);
			cache.removeOld(cluster.name() + "-", ALL_CLUSTERS);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The next run has to migrate again", ex);
		}
	}

	private static Path templates(PostgresCluster cluster) {
		return cluster.data().resolveSibling(TEMPLATES);
	}

	// The one used last first
	private static List<String> hashes(PostgresCluster cluster) {
		File[] folders = templates(cluster).toFile().listFiles();
		return (folders != null) ? Arrays.stream(folders)
			.sorted(Comparator.comparing(File::lastModified).reversed())
			.map(File::getName)
			.toList() : List.of();
	}

	private void work(PostgresCluster cluster, Path draft, List<String> hashes, Consumer<PostgresUrl> builder) {
		ProcessStart.of("postgres-template", (place) -> {
			List<String> command = new ArrayList<>(List.of(cluster.programs().program("postgres").toString()));
			command.addAll(this.arguments.apply(place));
			return command;
		})
			.in(draft)
			.withCopyOf(cluster.data())
			.neverAsRoot()
			.run(draft.resolve("data"), PATIENCE, (port) -> work(port, cluster.password(), hashes, builder));
	}

	private void work(int port, String first, List<String> hashes, Consumer<PostgresUrl> builder) {
		try (Connection connection = connect(port, first)) {
			PostgresCluster.setPassword(connection, this.password);
			for (int i = hashes.size() - 1; i > 0; i--) {
				new TemplateDatabase(connection, hashes.get(i), COUNT).markAsUsed();
			}
			new TemplateDatabase(connection, hashes.get(0), COUNT)
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
