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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.launch.UserCache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link OpaCondition}.
 */
@ExtendWith(OutputCaptureExtension.class)
class OpaConditionTests {

	@TempDir
	private Path directory;

	@Test
	void runsWhereOpaIs(CapturedOutput output) throws IOException {
		String missing = missing("opa", "exit 1");
		assertThat(OpaCondition.evaluate("a test", missing, true).isDisabled()).isFalse();
		assertThat(OpaCondition.evaluate("a test", missing, false).isDisabled()).isFalse();
		assertThat(output).doesNotContain("Skipped");
	}

	@Test
	void saysWhyATestIsSkippedWithoutGo(CapturedOutput output) throws IOException {
		assertThat(OpaCondition.evaluate("a test", missing("other", ""), false).isDisabled()).isTrue();
		assertThat(output).contains("Skipped: a test: There is no program 'opa'", "there is no Go");
	}

	@Test
	void saysWhyATestIsSkippedWithoutNetwork(CapturedOutput output) throws IOException {
		String missing = missing("go", "echo no route to host; exit 1");
		assertThat(OpaCondition.evaluate("a test", missing, false).isDisabled()).isTrue();
		assertThat(output).contains("Skipped: a test: There is no program 'opa'", "no route to host");
	}

	@Test
	void failsWhereOpaIsRequired() {
		assertThatIllegalStateException().isThrownBy(() -> OpaCondition.evaluate("a test", "none", true))
			.withMessageContaining("OPA_REQUIRED");
	}

	private String missing(String program, String script) throws IOException {
		// Root's cache is open to the user that its servers run as
		assertThat(this.directory.toFile().setExecutable(true, false)).isTrue();
		File file = Files.writeString(this.directory.resolve(program), "#!/bin/sh\n" + script + "\n").toFile();
		assertThat(file.setExecutable(true)).isTrue();
		return OpaCondition.missing(this.directory.toString(), UserCache.in(this.directory.resolve("cache")));
	}

}
