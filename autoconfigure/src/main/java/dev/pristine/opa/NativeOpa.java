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

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

import dev.pristine.launch.NativeProcess;
import dev.pristine.launch.ProcessStart;
import dev.pristine.resource.ResourceException;

/**
 * An OPA as a native process. It answers 20 ms after its start and takes 32 MB: each
 * application context has its own.
 */
final class NativeOpa implements StartedOpa {

	private final NativeProcess process;

	private NativeOpa(NativeProcess process) {
		this.process = process;
	}

	/**
	 * Start OPA with policies and data. It compiles all policies once, which it does for
	 * each that it is given later.
	 * @param program the program
	 * @param properties how to start it
	 * @param files policies and data
	 * @return the OPA
	 * @throws ResourceException if it does not start, because policies do not compile,
	 * say
	 */
	static NativeOpa start(Path program, OpaProperties properties, OpaState files) {
		Path directory = null;
		try {
			directory = Files.createTempDirectory("pristine-opa-files");
			Map<String, byte[]> contents = files.files();
			for (Map.Entry<String, byte[]> content : contents.entrySet()) {
				Path file = directory.resolve(content.getKey());
				Files.createDirectories(file.getParent());
				Files.write(file, content.getValue());
			}
			return new NativeOpa(ProcessStart
				.of("opa", (place) -> command(program, place.port(), properties.arguments(), contents.keySet()))
				.withCopyOf(directory)
				.readyWhen((place) -> OpaHttp.answers(url(place.port())))
				.within(properties.startupTimeout())
				.start());
		}
		catch (IOException ex) {
			throw new ResourceException("The policies and data for OPA cannot be written: " + ex.getMessage(),
					"See that '" + System.getProperty("java.io.tmpdir") + "' can be written.", ex);
		}
		finally {
			deleteRecursively(directory);
		}
	}

	private static List<String> command(Path program, int port, List<String> arguments, Collection<String> files) {
		List<String> command = new ArrayList<>(List.of(program.toString(), "run", "--server", "--addr",
				"127.0.0.1:" + port, "--log-level", "error", "--skip-version-check"));
		command.addAll(arguments);
		command.add("--");
		command.addAll(files);
		return command;
	}

	private static void deleteRecursively(@Nullable Path directory) {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			// It stands among the temporary files
		}
	}

	private static URI url(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	@Override
	public URI getUrl() {
		return url(this.process.port());
	}

	@Override
	public void destroy() {
		this.process.stop();
	}

}
