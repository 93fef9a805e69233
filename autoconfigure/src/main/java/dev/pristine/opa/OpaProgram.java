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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * Finds the program {@code opa}: the configured one, one on the {@code PATH} or the one
 * in the user's cache, where it is put once.
 */
class OpaProgram {

	private static final Log logger = LogFactory.getLog(OpaProgram.class);

	private static final boolean WINDOWS = File.separatorChar == '\\';

	private final OpaProperties properties;

	private final Supplier<UserCache> cache;

	private final String searchPath;

	OpaProgram(OpaProperties properties, Supplier<UserCache> cache, @Nullable String searchPath) {
		this.properties = properties;
		this.cache = cache;
		this.searchPath = (searchPath != null) ? searchPath : "";
	}

	/**
	 * Find the program, or else get it.
	 * @return the program
	 */
	Path find() {
		Path configured = this.properties.executable();
		if (configured != null) {
			if (!Files.isExecutable(configured)) {
				throw new ResourceException("'" + configured + "' is no program that can be executed.",
						"Correct pristine.opa.executable.");
			}
			return configured;
		}
		Path installed = onSearchPath("opa");
		return (installed != null) ? installed : cached();
	}

	private Path cached() {
		URI url = this.properties.download().url();
		String sha256 = this.properties.download().sha256();
		String platform = (System.getProperty("os.name") + "-" + System.getProperty("os.arch")).replaceAll("\\W+", "-")
			.toLowerCase(Locale.ROOT);
		if (url == null) {
			return entry("opa-" + OpaProperties.VERSION + "-" + platform, this::build);
		}
		if (sha256 == null) {
			throw new ResourceException("OPA cannot be downloaded from " + url + " without knowing its checksum.",
					"Set pristine.opa.download.sha256.");
		}
		return entry("opa-" + sha256, (directory) -> download(url, sha256, directory));
	}

	private Path entry(String name, UserCache.Maker maker) {
		return this.cache.get().entry(name, maker).resolve(WINDOWS ? "opa.exe" : "opa");
	}

	private void download(URI url, String sha256, Path directory) throws IOException {
		logger.info("Downloading OPA from " + url + ", this once");
		Duration timeout = this.properties.download().timeout();
		Path program = directory.resolve(WINDOWS ? "opa.exe" : "opa");
		try {
			HttpClient client = HttpClient.newBuilder()
				.followRedirects(HttpClient.Redirect.NORMAL)
				.connectTimeout(timeout)
				.build();
			HttpResponse<Path> response = client
				.sendAsync(HttpRequest.newBuilder(url).build(), BodyHandlers.ofFile(program))
				.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
				.join();
			String actual = HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(program)));
			if (response.statusCode() != 200) {
				throw missing("it could not be downloaded from " + url + " (" + response.statusCode() + ")");
			}
			if (!actual.equalsIgnoreCase(sha256)) {
				throw new ResourceException(
						"What " + url + " delivered is not the expected OPA: its checksum is " + actual + ".",
						"Check pristine.opa.download.url and sha256. Nothing was kept.");
			}
			if (!program.toFile().setExecutable(true, false)) {
				throw missing("its file in " + directory + " cannot be made executable");
			}
		}
		catch (java.util.concurrent.CompletionException ex) {
			throw missing("it could not be downloaded from " + url + ": " + ex.getCause());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void build(Path directory) throws IOException {
		Path go = onSearchPath("go");
		if (go == null) {
			throw missing("there is no Go to build it with");
		}
		logger.info("Building OPA " + OpaProperties.VERSION + " with " + go + ", this once; it takes about a minute");
		Path log = directory.resolve("build.log");
		ProcessBuilder builder = new ProcessBuilder(go.toString(), "install",
				"github.com/open-policy-agent/opa@v" + OpaProperties.VERSION)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().put("CGO_ENABLED", "0");
		builder.environment().put("GOBIN", directory.toString());
		Process process = builder.start();
		try {
			if (!process.waitFor(this.properties.download().timeout().toMillis(), TimeUnit.MILLISECONDS)
					|| process.exitValue() != 0) {
				List<String> lines = Files.readAllLines(log);
				throw missing("Go did not build it: " + String.join(System.lineSeparator(),
						lines.subList(Math.max(0, lines.size() - 5), lines.size())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw missing("building it was interrupted");
		}
		finally {
			process.destroyForcibly();
		}
	}

	private @Nullable Path onSearchPath(String name) {
		for (String directory : this.searchPath.split(File.pathSeparator)) {
			Path program = Path.of(directory, WINDOWS ? name + ".exe" : name);
			if (!directory.isEmpty() && Files.isRegularFile(program) && Files.isExecutable(program)) {
				return program.toAbsolutePath();
			}
		}
		return null;
	}

	private static ResourceException missing(String reason) {
		return new ResourceException(
				"There is no program 'opa', neither configured nor on the PATH nor in the user's cache, and " + reason
						+ ".",
				"Install OPA, or set pristine.opa.executable, or pristine.opa.download.url and sha256, or install Go, "
						+ "or use containers.");
	}

}
