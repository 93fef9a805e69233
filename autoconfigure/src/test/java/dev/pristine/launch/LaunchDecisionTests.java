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
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LaunchDecision}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LaunchDecisionTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void takesContainerWhereEngineAnswersElseNativeProcess() {
		LaunchDecision decision = decide();
		assertThat(decision.launch()).isEqualTo(DockerEngine.get().answers() ? Launch.CONTAINER : Launch.EMBEDDED);
		assertThat(decision.reason()).isEqualTo(DockerEngine.get().reason());
	}

	@Test
	void takesNativeProcessWithoutContainerType() {
		LaunchDecision decision = LaunchDecision.of("thing", this.environment, "pristine.thing.url",
				"no.SuchContainer");
		assertThat(decision)
			.isEqualTo(new LaunchDecision(Launch.EMBEDDED, "'no.SuchContainer' is not on the class path"));
	}

	@Test
	void takesAddressThatIsGiven() {
		this.environment.setProperty("pristine.thing.url", "somewhere");
		assertThat(decide()).isEqualTo(new LaunchDecision(Launch.EXTERNAL, "'pristine.thing.url' is set"));
	}

	@Test
	void launchOfResourceOverridesLaunchOfAll() {
		this.environment.setProperty("pristine.launch", "container");
		this.environment.setProperty("pristine.thing.launch", "embedded");
		assertThat(decide()).isEqualTo(new LaunchDecision(Launch.EMBEDDED, "'pristine.thing.launch' is 'embedded'"));
	}

	@Test
	void refusesContainerWithoutContainerType() {
		this.environment.setProperty("pristine.launch", "container");
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> LaunchDecision.of("thing", this.environment, "pristine.thing.url", "no.SuchContainer"))
			.withMessageContaining("'no.SuchContainer' is not on the class path")
			.withMessageContaining("Action: Add the dependencies");
	}

	@Test
	void refusesExternalWithoutAddress() {
		this.environment.setProperty("pristine.launch", "external");
		assertThatExceptionOfType(ResourceException.class).isThrownBy(this::decide)
			.withMessageContaining("'pristine.thing.url' is not set");
	}

	@Test
	void isLoggedOnce(CapturedOutput output) {
		this.environment.setProperty("pristine.logged.launch", "embedded");
		for (int i = 0; i < 3; i++) {
			LaunchDecision.of("logged", this.environment, "pristine.logged.url", null);
		}
		assertThat(output)
			.containsOnlyOnce("Launch of logged: embedded, because 'pristine.logged.launch' is 'embedded'");
	}

	private LaunchDecision decide() {
		return LaunchDecision.of("thing", this.environment, "pristine.thing.url", null);
	}

}
