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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.Place;
import dev.pristine.launch.ProcessStart;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * What a PostgreSQL server needs to run as a native process: programs, and a folder with
 * its initialised data directory.
 *
 * @param properties where the data goes
 * @param cache where programs and clusters are kept
 * @param programs the programs
 * @param cluster what the data directory is a copy of
 */
record EmbeddedPostgres(PostgresProperties properties, UserCache cache, PostgresPrograms programs,
		PostgresCluster cluster) {

	private static final long ENOUGH_MEMORY = 1L << 30;

	private static final long LEAST_SPACE = 128L << 20;

	static EmbeddedPostgres prepare(PostgresProperties properties, UserCache cache) {
		PostgresPrograms programs = PostgresPrograms.find(properties.executable(), System.getenv("PATH"), cache);
		return new EmbeddedPostgres(properties, cache, programs,
				PostgresCluster.in(cache, programs, properties.locale()));
	}

	Path program() {
		return this.programs.program("postgres");
	}

	void customize(ProcessStart start) {
		start.in(directory()).withCopyOf(this.cluster.data()).neverAsRoot().endedBy("QUIT");
	}

	/**
	 * Return the templates that the next run finds.
	 * @param arguments the arguments of the program
	 * @return the templates, or {@code null} if the cluster cannot be changed
	 */
	@Nullable KeptTemplates keptTemplates(Function<Place, List<String>> arguments) {
		// Elsewhere a server cannot be told to end in order
		return (File.separatorChar == '/')
				? new KeptTemplates(this.cache, this.programs, this.properties.locale(), arguments) : null;
	}

	private Path directory() {
		Path memory = Path.of("/dev/shm");
		Path directory = this.properties.dataDirectory();
		if (directory == null) {
			directory = (Files.isWritable(memory) && memory.toFile().getUsableSpace() >= ENOUGH_MEMORY) ? memory
					: Path.of(System.getProperty("java.io.tmpdir"));
		}
		long space = directory.toFile().getUsableSpace();
		if (Files.isDirectory(directory) && space < LEAST_SPACE) {
			throw new ResourceException(
					"The data of the embedded PostgreSQL does not fit into '%s', which has %d MB left; it takes %d MB to start."
						.formatted(directory, space >> 20, LEAST_SPACE >> 20),
					"Make room, or set 'pristine.postgres.data-directory' to a folder with more.");
		}
		return directory;
	}

}
