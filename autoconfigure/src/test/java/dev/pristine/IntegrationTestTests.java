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

package dev.pristine;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IntegrationTest @IntegrationTest}.
 */
@IntegrationTest(classes = IntegrationTestTests.Application.class, properties = "some.property=value",
		args = "--some.argument=value", webEnvironment = WebEnvironment.NONE)
class IntegrationTestTests {

	@Test
	void startsTheApplicationWithTheProfileTest(@Autowired Environment environment) {
		assertThat(environment.getActiveProfiles()).containsExactly("test");
	}

	@Test
	void passesPropertiesAndArgumentsOn(@Autowired Environment environment, @Autowired ApplicationArguments arguments) {
		assertThat(environment.getProperty("some.property")).isEqualTo("value");
		assertThat(arguments.getOptionValues("some.argument")).containsExactly("value");
	}

	@Test
	void carriesTheTagIntegration() {
		assertThat(AnnotationSupport.findRepeatableAnnotations(Defaults.class, Tag.class)).extracting(Tag::value)
			.containsExactly("integration");
	}

	@Test
	void hasTheDefaultsOfSpringBootTest() {
		SpringBootTest actual = springBootTest(Defaults.class);
		SpringBootTest expected = springBootTest(Plain.class);
		assertThat(actual).isEqualTo(expected);
	}

	@Test
	void replacesTheProfile() {
		ActiveProfiles profiles = AnnotatedElementUtils.findMergedAnnotation(Aliases.class, ActiveProfiles.class);
		assertThat(profiles).isNotNull();
		assertThat(profiles.profiles()).containsExactly("other");
		assertThat(springBootTest(Aliases.class).useMainMethod()).isEqualTo(UseMainMethod.ALWAYS);
	}

	@Test
	void isInherited() {
		assertThat(springBootTest(Subclass.class).useMainMethod()).isEqualTo(UseMainMethod.ALWAYS);
	}

	private static SpringBootTest springBootTest(Class<?> type) {
		SpringBootTest annotation = AnnotatedElementUtils.findMergedAnnotation(type, SpringBootTest.class);
		assertThat(annotation).isNotNull();
		return annotation;
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

	}

	@IntegrationTest
	static class Defaults {

	}

	@SpringBootTest
	static class Plain {

	}

	@IntegrationTest(profiles = "other", useMainMethod = UseMainMethod.ALWAYS)
	static class Aliases {

	}

	static class Subclass extends Aliases {

	}

}
