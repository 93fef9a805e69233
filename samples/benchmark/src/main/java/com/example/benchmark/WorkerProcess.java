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

package com.example.benchmark;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.example.benchmark.worker.RunRequest;
import com.example.benchmark.worker.RunResult;
import com.example.benchmark.worker.Worker;
import org.springframework.util.Assert;

import dev.pristine.IsolationMode;

/**
 * A running {@link Worker}.
 */
class WorkerProcess implements AutoCloseable {

	private static final Duration GRACE = Duration.ofMinutes(5);

	private static final String PRISTINE = Path
		.of(IsolationMode.class.getProtectionDomain().getCodeSource().getLocation().getPath())
		.toString();

	private static final String ZONKY = "embedded-database-spring-test";

	private static final String H2 = "h2-";

	private static final String REDIS = "data-redis";

	private final String name;

	private final Path log;

	private final Process process;

	private final DataOutputStream requests;

	private final DataInputStream results;

	/**
	 * Start a worker.
	 * @param name its name
	 * @param properties its system properties
	 * @param log the file that its output is appended to
	 */
	WorkerProcess(String name, Map<String, String> properties, Path log) {
		this.name = name;
		this.log = log;
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx512m");
		ManagementFactory.getRuntimeMXBean()
			.getInputArguments()
			.stream()
			.filter((argument) -> argument.startsWith("-XX:"))
			.forEach(command::add);
		properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
		command.addAll(List.of("-classpath", classPath(name), Worker.class.getName()));
		try {
			this.process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.requests = new DataOutputStream(new BufferedOutputStream(this.process.getOutputStream()));
		this.results = new DataInputStream(new BufferedInputStream(this.process.getInputStream()));
	}

	/**
	 * Have the worker run tests.
	 * @param request the tests
	 * @return what it measured
	 */
	synchronized RunResult run(RunRequest request) {
		CompletableFuture<Process> end = CompletableFuture.supplyAsync(this.process::destroyForcibly,
				CompletableFuture.delayedExecutor(request.budget().plus(GRACE).toSeconds(), TimeUnit.SECONDS));
		try {
			request.writeTo(this.requests);
			RunResult result = RunResult.readFrom(this.results);
			Assert.state(result.failure().isEmpty(),
					() -> "A test of " + this.name + " failed, see " + this.log + ":\n" + result.failure());
			return result;
		}
		catch (IOException ex) {
			throw new IllegalStateException(this.name + " died or took too long over " + request + ", see " + this.log,
					ex);
		}
		finally {
			end.cancel(false);
		}
	}

	@Override
	public void close() {
		try {
			// The end of its input ends the worker
			this.requests.close();
			if (this.process.waitFor(30, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (IOException | InterruptedException ex) {
			// It did not listen
		}
		this.process.destroyForcibly();
	}

	// No side has another one's listeners
	private static String classPath(String name) {
		return Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
			.filter((entry) -> name.startsWith("pristine") || name.startsWith("redis-opa")
					|| !Path.of(entry).toString().equals(PRISTINE))
			.filter((entry) -> name.startsWith(H2) || !Path.of(entry).getFileName().toString().startsWith(H2))
			.filter((entry) -> name.startsWith("zonky") || !entry.contains(ZONKY))
			.filter((entry) -> name.startsWith("redis-opa") || !Path.of(entry).getFileName().toString().contains(REDIS))
			.collect(Collectors.joining(File.pathSeparator));
	}

}
