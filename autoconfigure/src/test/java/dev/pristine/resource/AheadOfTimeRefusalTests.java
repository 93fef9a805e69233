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

import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link AheadOfTimeRefusal}.
 */
class AheadOfTimeRefusalTests {

	private final GenericApplicationContext context = new GenericApplicationContext();

	@Test
	void refusesContextWithResources() {
		this.context.registerBean(TestResource.class, () -> {
			throw new IllegalStateException("Not to be created");
		});
		assertThatException().isThrownBy(this::process).havingRootCause().withMessageContaining("@DisabledInAotMode");
	}

	@Test
	void leavesOthersAlone() {
		process();
		assertThat(this.context.getBeanDefinitionNames()).isEmpty();
	}

	private void process() {
		new ApplicationContextAotGenerator().processAheadOfTime(this.context, new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Test")), new InMemoryGeneratedFiles()));
	}

}
