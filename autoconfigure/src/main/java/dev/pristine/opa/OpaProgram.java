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

package dev.pristine.opa;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.SearchPath;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * Finds the program {@code opa}: the configured one, one on the {@code PATH} or the one
 * in the user's cache, where an installed Go builds it once.
 *
 * @param properties which one is configured
 * @param cache the user's cache
 * @param searchPath the {@code PATH}
 */
record OpaProgram(OpaProperties properties, Supplier<UserCache> cache, SearchPath searchPath) {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final String SUFFIX = (File.separatorChar == '\\') ? ".exe" : "";

	/**
	 * Find the program, or else get it.
	 * @return the program
	 * @throws ResourceException if there is none, and none can be had
	 */
	Path find() {
		Path configured = this.properties.executable();
		if (configured == null) {
			return this.searchPath.programs("opa").findFirst().orElseGet(this::cached);
		}
		if (!Files.isExecutable(configured)) {
			throw new ResourceException("'" + configured + "' is no program that can be executed.",
					"Correct pristine.opa.executable.");
		}
		return configured;
	}

	private Path cached() {
		String platform = (System.getProperty("os.name") + "-" + System.getProperty("os.arch")).replaceAll("\\W+", "-")
			.toLowerCase(Locale.ROOT);
		return this.cache.get()
			.entry("opa-" + OpaProperties.VERSION + "-" + platform,
					"Building OPA " + OpaProperties.VERSION + " with Go", PATIENCE, (directory) -> {
						try {
							build(directory);
						}
						catch (InterruptedException ex) {
							Thread.currentThread().interrupt();
							throw missing("Building it with Go was interrupted.", ex);
						}
						catch (IOException ex) {
							throw missing("Building it with Go failed: " + ex.getMessage(), ex);
						}
					})
			.resolve("opa" + SUFFIX);
	}

	private static ResourceException missing(String reason, @Nullable Exception cause) {
		return new ResourceException(
				"There is no program 'opa', neither configured nor on the PATH nor in the user's cache. " + reason,
				"Install OPA, or set pristine.opa.executable, or install Go, or use containers.", cause);
	}

	private void build(Path directory) throws IOException, InterruptedException {
		Path go = this.searchPath.programs("go")
			.findFirst()
			.orElseThrow(() -> missing("Building it with Go failed: there is no Go.", null));
		Path log = directory.resolve("build.log");
		ProcessBuilder builder = new ProcessBuilder(go.toString(), "install",
				"github.com/open-policy-agent/opa@v" + OpaProperties.VERSION)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().putAll(Map.of("CGO_ENABLED", "0", "GOBIN", directory.toString()));
		Process process = builder.start();
		try {
			if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
				List<String> lines = Files.readAllLines(log);
				throw new IOException((process.isAlive() ? "Go did not build it in time: " : "Go did not build it: ")
						+ String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
			}
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

}
