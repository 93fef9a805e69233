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

package dev.pristine.resource;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.resource.TestScope.Level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ScopeBaselines}.
 */
class ScopeBaselinesTests {

	private String state = "origin";

	private final ScopeBaselines<String> baselines = new ScopeBaselines<>(() -> "origin");

	private final List<String> captured = new ArrayList<>();

	@Test
	void outermostScopeAnswersForWhatCameBeforeIt() {
		this.state = "before";
		open();
		assertThat(this.captured).isEmpty();
		assertThat(this.baselines.close()).isEqualTo("origin");
	}

	@Test
	void innerScopesStartFromWhatTheFirstOfThemFound() {
		open();
		this.state = "class";
		open();
		assertThat(this.baselines.close()).isEqualTo("class");
		this.state = "late";
		open();
		assertThat(this.state).isEqualTo("class");
		assertThat(this.captured).containsExactly("class");
		assertThat(this.baselines.close()).isEqualTo("class");
		assertThat(this.baselines.close()).isEqualTo("origin");
	}

	@Test
	void eachClassHasItsOwnBaseline() {
		open();
		this.state = "outer";
		open();
		this.state = "inner";
		open();
		assertThat(this.baselines.close()).isEqualTo("inner");
		assertThat(this.baselines.close()).isEqualTo("outer");
		open();
		assertThat(this.state).isEqualTo("outer");
		assertThat(this.baselines.close()).isEqualTo("outer");
	}

	@Test
	void adoptingScopeAnswersForWhatCameBeforeIt() {
		open();
		open();
		this.baselines.close();
		this.state = "constructor";
		open(scope(true));
		assertThat(this.state).isEqualTo("constructor");
		open();
		assertThat(this.baselines.close()).isEqualTo("constructor");
		assertThat(this.baselines.close()).isEqualTo("origin");
	}

	@Test
	void currentIsTheBaselineOfTheInnermostOpenScope() {
		assertThat(this.baselines.current()).isEqualTo("origin");
		open();
		assertThat(this.baselines.current()).isEqualTo("origin");
		this.state = "class";
		open();
		assertThat(this.baselines.current()).isEqualTo("class");
		this.baselines.close();
		assertThat(this.baselines.current()).isEqualTo("class");
	}

	@Test
	void scopeIsNotOpenIfItsStateIsUnknown() {
		open();
		assertThatIllegalStateException().isThrownBy(() -> this.baselines.open(scope(false), () -> {
			throw new IllegalStateException();
		}, (restored) -> {
		}));
		assertThat(this.baselines.close()).isEqualTo("origin");
		assertThat(this.baselines.isEmpty()).isTrue();
	}

	private void open() {
		open(scope(this.baselines.isEmpty()));
	}

	private static TestScope scope(boolean adopting) {
		return new TestScope(Level.CLASS, TestIsolation.TRUNCATE, "scope", null, adopting);
	}

	private void open(TestScope scope) {
		this.baselines.open(scope, () -> {
			this.captured.add(this.state);
			return this.state;
		}, (restored) -> this.state = restored);
	}

}
