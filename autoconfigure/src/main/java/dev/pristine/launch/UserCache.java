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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.function.ThrowingConsumer;

import dev.pristine.resource.ResourceException;

/**
 * The folder where what is costly to make survives the JVM: unpacked programs,
 * initialised data directories.
 *
 * @since 0.1.0
 */
public final class UserCache {

	private static final String SUM = ".sum";

	private static final Duration READING = Duration.ofMinutes(1);

	private final Path directory;

	private UserCache(Path directory) {
		this.directory = directory;
	}

	/**
	 * Return the cache in a given folder, or else in the one that the operating system
	 * has for this user.
	 * @param configured the folder, or {@code null} for the usual one
	 * @return the cache
	 * @throws ResourceException if no folder can be written
	 */
	public static UserCache in(@Nullable Path configured) {
		List<Path> candidates = (configured != null) ? List.of(configured.toAbsolutePath()) : candidates();
		for (Path candidate : candidates) {
			if (isUsable(candidate)) {
				return new UserCache(candidate);
			}
		}
		throw new ResourceException(
				"No folder was found that can hold unpacked servers; tried "
						+ StringUtils.collectionToCommaDelimitedString(candidates) + ".",
				"Set 'pristine.cache-directory' to a folder that this user can write"
						+ (HostUser.isRoot() ? " and that the user 'nobody' can enter." : "."));
	}

	private static List<Path> candidates() {
		List<Path> candidates = new ArrayList<>();
		String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		Path home = Path.of(System.getProperty("user.home"));
		String value = System.getenv(system.startsWith("windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
		if (HostUser.isRoot()) {
			// The home of root is closed to the user that servers run as
			candidates.add(Path.of("/var/cache/pristine"));
		}
		else if (StringUtils.hasText(value) && Path.of(value).isAbsolute()) {
			candidates.add(Path.of(value, "pristine"));
		}
		// It is "?" for a user that the system does not know, as in some containers
		else if (home.isAbsolute()) {
			candidates.add(home.resolve(system.startsWith("mac") ? "Library/Caches/pristine" : ".cache/pristine"));
		}
		candidates
			.add(Path.of(System.getProperty("java.io.tmpdir"), "pristine-cache-" + System.getProperty("user.name"))
				.toAbsolutePath());
		return candidates;
	}

	private static boolean isUsable(Path directory) {
		try {
			Files.createDirectories(directory);
			HostUser.open(directory);
			return Files.isWritable(directory) && HostUser.owns(directory);
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

	/**
	 * Return the folder of an entry, as
	 * {@link #entry(String, String, Duration, ThrowingConsumer)} does, for one that takes
	 * at most two minutes.
	 * @param name the name of the entry
	 * @param maker fills the empty folder that it is given
	 * @return the folder; not to be changed
	 */
	public Path entry(String name, ThrowingConsumer<Path> maker) {
		return entry(name, "Making " + name, Duration.ofMinutes(2), maker);
	}

	/**
	 * Return the folder of an entry, and have it made if it is not there yet or not what
	 * it was. An entry appears complete or not at all, also when several JVMs want it at
	 * once.
	 * @param name the name of the entry: it has to tell different content apart
	 * @param what says what the maker does, for the log if that takes more than a second
	 * @param atMost how long the maker may take: others wait as long
	 * @param maker fills the empty folder that it is given
	 * @return the folder; not to be changed
	 */
	public Path entry(String name, String what, Duration atMost, ThrowingConsumer<Path> maker) {
		CacheEntry entry = new CacheEntry(this.directory.resolve(name));
		if (!entry.isIntact()) {
			try (SlowWork work = SlowWork.begin(what + " (once, in '" + this.directory + "')")) {
				entry.make(atMost, maker);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new ResourceException("'%s' could not be made in '%s': %s".formatted(name, this.directory, ex),
						"See that there is space left, or set 'pristine.cache-directory' to another folder.", ex);
			}
		}
		markAsUsed(name);
		return entry.path();
	}

	// They are removed in the order of these times
	private void markAsUsed(String name) {
		sum(name).setLastModified(System.currentTimeMillis());
	}

	private File sum(String name) {
		return this.directory.resolve(name + SUM).toFile();
	}

	/**
	 * Return the entry that was made or used last of those whose names begin alike, and
	 * mark it as used.
	 * @param prefix the beginning
	 * @return the folder, or {@code null} if there is none, or it is not what it was
	 */
	public @Nullable Path latest(String prefix) {
		List<String> names = names(prefix);
		if (names.isEmpty() || !new CacheEntry(this.directory.resolve(names.get(0))).isIntact()) {
			return null;
		}
		markAsUsed(names.get(0));
		return this.directory.resolve(names.get(0));
	}

	/**
	 * Remove those that were not used for longest of the entries whose names begin alike.
	 * One that was just used may still be read, and stays.
	 * @param prefix the beginning
	 * @param kept how many stay
	 * @throws IOException if that fails
	 */
	public void removeOld(String prefix, int kept) throws IOException {
		long recently = System.currentTimeMillis() - READING.toMillis();
		for (String name : names(prefix).stream()
			.skip(kept)
			.filter((old) -> sum(old).lastModified() < recently)
			.toList()) {
			for (String suffix : List.of(SUM, "", ".lock")) {
				FileSystemUtils.deleteRecursively(this.directory.resolve(name + suffix));
			}
		}
	}

	// Those that are complete, the one used last first
	private List<String> names(String prefix) {
		File[] sums = this.directory.toFile()
			.listFiles((directory, name) -> name.startsWith(prefix) && name.endsWith(SUM));
		return (sums != null) ? Arrays.stream(sums)
			.sorted(Comparator.comparing(File::lastModified).reversed())
			.map((file) -> file.getName().substring(0, file.getName().length() - SUM.length()))
			.toList() : List.of();
	}

	@Override
	public String toString() {
		return this.directory.toString();
	}

}
