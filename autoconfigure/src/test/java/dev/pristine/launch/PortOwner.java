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

package dev.pristine.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells whether a process is the one that listens on a port.
 */
final class PortOwner {

	private static final String LISTENING = "0A";

	private PortOwner() {
	}

	/**
	 * Return whether a process or one of its children listens.
	 * @param process the process
	 * @param port the port
	 * @return {@code true} only where the system says so
	 */
	static boolean is(ProcessHandle process, int port) {
		try {
			Set<Path> sockets = sockets(port);
			return Stream.concat(Stream.of(process), process.descendants()).anyMatch((each) -> holdsAny(each, sockets));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Set<Path> sockets(int port) throws IOException {
		String suffix = ":%04X".formatted(port);
		Set<Path> sockets = new HashSet<>();
		for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
			if (Files.isReadable(Path.of(table))) {
				for (String line : Files.readAllLines(Path.of(table))) {
					String[] columns = line.strip().split("\\s+");
					if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(LISTENING)) {
						sockets.add(Path.of("socket:[" + columns[9] + "]"));
					}
				}
			}
		}
		return sockets;
	}

	private static boolean holdsAny(ProcessHandle process, Set<Path> sockets) {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
			return descriptors.anyMatch((descriptor) -> {
				try {
					return sockets.contains(Files.readSymbolicLink(descriptor));
				}
				catch (IOException ex) {
					// Closed since
					return false;
				}
			});
		}
		catch (IOException | UncheckedIOException ex) {
			// Ended since
			return false;
		}
	}

}
