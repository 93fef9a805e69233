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
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LaunchDecision}.
 */
class LaunchDecisionTests {

	private static final String IMAGE = "localhost:1/none:1";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void takesNativeProcessWithoutEngineOrWhereImageCannotBeHad() {
		LaunchDecision decision = decide(true, true);
		assertThat(decision.launch()).isEqualTo(Launch.EMBEDDED);
		assertThat(decision.reason()).startsWith(DockerEngine.get().answers()
				? "the image '" + IMAGE + "' is not there and cannot be pulled" : DockerEngine.get().reason());
	}

	@Test
	void takesNativeProcessWithoutImage() {
		assertThat(decide(false, true)).isEqualTo(new LaunchDecision(Launch.EMBEDDED, "it has no image"));
	}

	@Test
	void takesAddressThatIsGiven() {
		this.environment.setProperty("pristine.thing.url", "somewhere");
		assertThat(decide(true, true)).isEqualTo(new LaunchDecision(Launch.EXTERNAL, "'pristine.thing.url' is set"));
	}

	@Test
	void addressOverridesLaunchOfAllButNotItsOwn() {
		this.environment.setProperty("pristine.thing.url", "somewhere");
		this.environment.setProperty("pristine.launch", "embedded");
		assertThat(decide(true, true).launch()).isEqualTo(Launch.EXTERNAL);
		this.environment.setProperty("pristine.thing.launch", "embedded");
		assertThat(decide(true, true).launch()).isEqualTo(Launch.EMBEDDED);
	}

	@Test
	void emptyAddressIsNotGiven() {
		this.environment.setProperty("pristine.thing.url", "");
		assertThat(decide(false, true).launch()).isEqualTo(Launch.EMBEDDED);
	}

	@Test
	void launchOfResourceOverridesLaunchOfAll() {
		this.environment.setProperty("pristine.launch", "container");
		this.environment.setProperty("pristine.thing.launch", "embedded");
		assertThat(decide(true, true))
			.isEqualTo(new LaunchDecision(Launch.EMBEDDED, "'pristine.thing.launch' is 'embedded'"));
	}

	@Test
	void refusesContainerWithoutImage() {
		this.environment.setProperty("pristine.launch", "container");
		assertRefused(false, true, "it has no image", "'pristine.thing.launch' to 'embedded'");
	}

	@Test
	void recommendsNoProcessWithoutProgram() {
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> decide(false, false))
			.satisfies((ex) -> assertThat(ex.getAction()).doesNotContain("embedded"));
	}

	@Test
	void refusesProcessWithoutProgram() {
		this.environment.setProperty("pristine.launch", "embedded");
		assertRefused(true, false, "there is none", "'pristine.thing.launch' to 'container'");
	}

	@Test
	void refusesExternalWithoutAddress() {
		this.environment.setProperty("pristine.launch", "external");
		assertRefused(true, true, "'pristine.thing.url' is not set", "Set 'pristine.thing.url'");
	}

	private void assertRefused(boolean hasImage, boolean hasProgram, String problem, String action) {
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> decide(hasImage, hasProgram))
			.satisfies((ex) -> assertThat(ex.getProblem()).contains(problem))
			.satisfies((ex) -> assertThat(ex.getAction()).contains(action));
	}

	private LaunchDecision decide(boolean hasImage, boolean hasProgram) {
		return LaunchDecision.of("thing", this.environment, hasImage ? IMAGE : null, hasProgram);
	}

}
