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
import java.nio.ByteBuffer;
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
import java.util.zip.CRC32;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.function.ThrowingConsumer;

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

	void make(Duration atMost, ThrowingConsumer<Path> maker) throws Exception {
		try (FileChannel channel = FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE)) {
			lock(channel, atMost);
			if (isIntact()) {
				return;
			}
			if (Files.exists(this.path)) {
				logger.warn("'" + this.path + "' is not what it was: it is made anew");
				FileSystemUtils.deleteRecursively(this.path);
			}
			channel.truncate(0)
				.write(ByteBuffer.wrap(ProcessHandle.current().toString().getBytes(StandardCharsets.US_ASCII)));
			Path draft = beside(".draft");
			FileSystemUtils.deleteRecursively(draft);
			HostUser.open(Files.createDirectory(draft));
			maker.acceptWithException(draft);
			Files.move(draft, this.path);
			Files.writeString(beside(".sum"), sum());
		}
	}

	private void lock(FileChannel channel, Duration atMost) throws IOException {
		long end = System.nanoTime() + atMost.toNanos();
		String maker = "process " + owner(channel) + ", which is making '" + this.path + "'";
		try (SlowWork work = SlowWork.begin("Waiting for " + maker)) {
			while (!tryLock(channel)) {
				if (System.nanoTime() > end) {
					throw new ResourceException(
							"This is the limit of %d s for waiting for %s.".formatted(atMost.toSeconds(), maker),
							"End that process, or set 'pristine.cache-directory' to another folder.");
				}
				Thread.sleep(20);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while waiting for " + maker, ex);
		}
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

	private static String owner(FileChannel channel) throws IOException {
		ByteBuffer content = ByteBuffer.allocate(20);
		channel.read(content, 0);
		return new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII);
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
