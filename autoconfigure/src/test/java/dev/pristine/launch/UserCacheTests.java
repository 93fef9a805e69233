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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link UserCache}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UserCacheTests {

	private final String home = System.getProperty("user.home");

	@AfterEach
	void restoreHome() {
		System.setProperty("user.home", this.home);
	}

	@Test
	void userWithoutHomeGetsNoFolderInWorkingDirectory() {
		// What the JDK makes of a user that the system does not know
		System.setProperty("user.home", "?");
		assertThat(UserCache.in(null)).asString().doesNotContain("?");
		assertThat(Path.of("?")).doesNotExist();
	}

	@Test
	void damagedEntryIsMadeAnew(@TempDir Path directory) throws IOException {
		UserCache cache = UserCache.in(directory);
		for (Damage damage : List.<Damage>of(Files::delete, (file) -> Files.writeString(file, "short"),
				// Later than a file system's clock can tell apart
				(file) -> Files.setLastModifiedTime(Files.writeString(file, "CONTENT"),
						FileTime.from(Instant.now().plusSeconds(1))))) {
			Path file = cache.entry("thing", UserCacheTests::fill).resolve("folder/file");
			assertThat(file).hasContent("content");
			damage.to(file);
			assertThat(cache.entry("thing", UserCacheTests::fill).resolve("folder/file")).hasContent("content");
		}
	}

	@Test
	void intactEntryIsMadeOnce(@TempDir Path directory) {
		UserCache cache = UserCache.in(directory);
		cache.entry("thing", UserCacheTests::fill);
		cache.entry("thing", (draft) -> {
			throw new IOException("made again");
		});
	}

	@Test
	void waitsAsLongAsOthersMayTakeAndSaysForWhat(@TempDir Path directory, CapturedOutput output) throws Exception {
		UserCache cache = UserCache.in(directory);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Thread other = new Thread(() -> cache.entry("thing", "Building", Duration.ofMinutes(1), (draft) -> {
			begun.countDown();
			await(end);
			fill(draft);
		}));
		other.start();
		await(begun);
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> cache.entry("thing", "Building", Duration.ofMillis(50), UserCacheTests::fill))
			.withMessageContaining("process " + ProcessHandle.current().pid())
			.withMessageContaining("pristine.cache-directory");
		CompletableFuture<Path> waiting = CompletableFuture
			.supplyAsync(() -> cache.entry("thing", "Building", Duration.ofMinutes(1), UserCacheTests::fill));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(output).contains("Building (once, in '" + directory)
				.contains("Waiting for process " + ProcessHandle.current().pid() + ", which is making"));
		end.countDown();
		assertThat(waiting.get(20, TimeUnit.SECONDS).resolve("folder/file")).hasContent("content");
		other.join();
	}

	private static void fill(Path draft) throws IOException {
		Files.writeString(Files.createDirectory(draft.resolve("folder")).resolve("file"), "content");
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What can happen to a file.
	 */
	private interface Damage {

		void to(Path file) throws IOException;

	}

}
