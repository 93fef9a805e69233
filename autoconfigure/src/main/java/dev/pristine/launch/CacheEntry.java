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
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.FileSystemUtils;

import dev.pristine.resource.ResourceException;

/**
 * A folder of the cache. Beside it stand a file that JVMs lock to make it, and one that
 * tells whether it is still what it was.
 *
 * @param path the folder
 */
record CacheEntry(Path path) {

	private static final Log logger = LogFactory.getLog(CacheEntry.class);

	boolean isIntact() {
		try {
			return Files.isDirectory(this.path) && Files.readString(beside(".sum")).equals(sum());
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Wait until it is this JVM's turn to make the entry.
	 * @param atMost how long others may take
	 * @return what holds the turn until it is closed
	 * @throws IOException if that fails
	 */
	FileChannel lock(Duration atMost) throws IOException {
		long end = System.nanoTime() + atMost.toNanos();
		String maker = "another run, which is making '" + this.path + "'";
		FileChannel channel = FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		SlowWork work = SlowWork.begin("Waiting for " + maker);
		try (work) {
			while (!tryLock(channel)) {
				if (System.nanoTime() > end) {
					channel.close();
					throw new ResourceException(
							"This is the limit of %d s for waiting for %s.".formatted(atMost.toSeconds(), maker),
							"End that run, or set 'pristine.cache-directory' to another folder.");
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
			return channel;
		}
	}

	/**
	 * Begin to make the entry.
	 * @return the folder to fill
	 * @throws IOException if that fails
	 */
	Path draft() throws IOException {
		if (Files.exists(this.path)) {
			logger.warn("'" + this.path + "' is not what it was: it is made anew");
			FileSystemUtils.deleteRecursively(this.path);
		}
		Path draft = beside(".draft");
		FileSystemUtils.deleteRecursively(draft);
		HostUser.open(Files.createDirectory(draft));
		return draft;
	}

	void complete(Path draft) throws IOException {
		Files.move(draft, this.path);
		Files.writeString(beside(".sum"), sum());
	}

	private static boolean tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// A thread of this JVM has it
			return false;
		}
	}

	// Reading what is in the files would take longer than the start of a server
	private String sum() throws IOException {
		CRC32 sum = new CRC32();
		long[] totals = new long[3];
		Files.walkFileTree(this.path, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
				sum.reset();
				sum.update((CacheEntry.this.path.relativize(file) + "|" + attributes.size() + "|"
						+ attributes.lastModifiedTime().toMillis())
					.getBytes(StandardCharsets.UTF_8));
				totals[0]++;
				totals[1] += attributes.size();
				totals[2] += sum.getValue();
				return FileVisitResult.CONTINUE;
			}

		});
		return "%d files, %d bytes, %x".formatted(totals[0], totals[1], totals[2]);
	}

	private Path beside(String suffix) {
		return this.path.resolveSibling(this.path.getFileName() + suffix);
	}

}
