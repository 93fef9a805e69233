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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DockerCondition}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DockerConditionTests {

	private static final DockerEngine ENGINE = new DockerEngine("unix:///docker.sock", "a Docker engine answers");

	private static final DockerEngine NO_ENGINE = new DockerEngine(null, "no Docker engine answers");

	@Test
	void runsWhereAnEngineAnswers(CapturedOutput output) {
		assertThat(DockerCondition.evaluate("a test", ENGINE, true).isDisabled()).isFalse();
		assertThat(DockerCondition.evaluate("a test", ENGINE, false).isDisabled()).isFalse();
		assertThat(output).doesNotContain("Skipped");
	}

	@Test
	void saysWhyATestIsSkipped(CapturedOutput output) {
		assertThat(DockerCondition.evaluate("a test", NO_ENGINE, false).isDisabled()).isTrue();
		assertThat(output).contains("Skipped: a test: no Docker engine answers");
	}

	@Test
	void failsWhereAnEngineIsRequired() {
		assertThatIllegalStateException().isThrownBy(() -> DockerCondition.evaluate("a test", NO_ENGINE, true))
			.withMessageContaining("DOCKER_REQUIRED");
	}

}
