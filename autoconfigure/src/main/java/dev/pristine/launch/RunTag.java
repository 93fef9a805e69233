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
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What tells whose a thing on a shared server is: the JVM that made it. Other JVMs of the
 * same host can tell whether it still lives.
 *
 * @param host the host, with its space of process numbers
 * @param pid the process number
 * @param started when the process started: in ticks since the start of the host, or else
 * in milliseconds since 1970
 * @since 0.1.0
 */
public record RunTag(String host, long pid, long started) {

	private static final Pattern PATTERN = Pattern
		.compile("pristine host=(?<host>\\S+) pid=(?<pid>\\d+) started=(?<started>\\d+)");

	/**
	 * Return the tag of this JVM.
	 * @return the tag
	 */
	public static RunTag current() {
		return new RunTag(currentHost(), ProcessHandle.current().pid(), started(ProcessHandle.current()));
	}

	/**
	 * Read a tag.
	 * @param text what {@link #toString} made
	 * @return the tag, or {@code null} if the text is something else
	 */
	public static @Nullable RunTag parse(@Nullable String text) {
		Matcher matcher = PATTERN.matcher((text != null) ? text : "");
		return matcher.matches() ? new RunTag(matcher.group("host"), Long.parseLong(matcher.group("pid")),
				Long.parseLong(matcher.group("started"))) : null;
	}

	/**
	 * Return whether the JVM is known to be no more.
	 * @return {@code false} if it lives or is on another host
	 */
	public boolean isDead() {
		Optional<ProcessHandle> process = ProcessHandle.of(this.pid);
		return this.host.equals(currentHost())
				&& (process.isEmpty() || !process.get().isAlive() || started(process.get()) != this.started);
	}

	@Override
	public String toString() {
		return "pristine host=%s pid=%d started=%d".formatted(this.host, this.pid, this.started);
	}

	private static long started(ProcessHandle process) {
		try {
			// No change of the clock shifts these
			String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
			return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
		}
		catch (IOException ex) {
			return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
		}
	}

	// Not through name resolution, which can take seconds
	private static String currentHost() {
		boolean windows = System.getProperty("os.name").startsWith("Windows");
		String name = System.getenv(windows ? "COMPUTERNAME" : "HOSTNAME");
		String host = (name != null) ? name : networkAddress();
		try {
			// Containers can share their host's name but not its process numbers
			host = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + "/"
					+ Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
			if (!Files.isReadable(Path.of("/proc/1/stat"))) {
				// Users cannot see each other's processes (hidepid)
				host += "/" + Files.getAttribute(Path.of("/proc/self"), "unix:uid");
			}
		}
		catch (IOException ex) {
			// Not on this system
		}
		return host.replaceAll("[^A-Za-z0-9._/-]", "_");
	}

	// A shell on macOS does not tell its programs the name of the host
	private static String networkAddress() {
		try {
			NetworkInterface first = NetworkInterface.getByName("en0");
			byte[] address = (first != null) ? first.getHardwareAddress() : null;
			return (address != null) ? HexFormat.of().formatHex(address) : "unnamed";
		}
		catch (SocketException ex) {
			return "unnamed";
		}
	}

}
