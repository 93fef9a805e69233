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

package dev.pristine.isolation;

import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IsolationAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class IsolationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IsolationAutoConfiguration.class));

	@BeforeEach
	void clear() {
		RecordingResource.clear();
	}

	@Test
	void bindsDefaults() {
		this.contextRunner.run((context) -> assertThat(context.getBean(IsolationProperties.class))
			.isEqualTo(new IsolationProperties(null, Duration.ofMinutes(2), null)));
	}

	@Test
	void bindsProperties() {
		this.contextRunner.withPropertyValues("pristine.isolation.mode=truncate", "pristine.isolation.wait-timeout=3s")
			.run((context) -> assertThat(context.getBean(IsolationProperties.class))
				.isEqualTo(new IsolationProperties(TestIsolation.TRUNCATE, Duration.ofSeconds(3), null)));
	}

	@Test
	void namesTheModesWhenTheModeIsUnknown(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> new SpringApplicationBuilder(IsolationAutoConfiguration.class).web(WebApplicationType.NONE)
					.run("--pristine.isolation.mode=rollback"));
		assertThat(output).contains("pristine.isolation.mode", "rollback", "The following values are valid:",
				"TRANSACTION", "TRUNCATE");
	}

	@Test
	void leasesNothingBeforeTheFirstTest() {
		this.contextRunner.withUserConfiguration(ResourcesConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(IsolationEngine.class);
			assertThat(RecordingResource.events()).isEmpty();
		});
		assertThat(RecordingResource.events()).isEmpty();
	}

	@Test
	void givesLeasesBackWithTheContext() {
		this.contextRunner.withUserConfiguration(ResourcesConfiguration.class).run((context) -> {
			IsolationEngine engine = context.getBean(IsolationEngine.class);
			ClassRun run = ClassRun.current(Sample.class);
			engine.close(run, engine.open(run));
			assertThat(RecordingResource.events()).containsExactly("a: lease 0", "b: lease 0", "a: capture 0",
					"b: capture 0", "b: restore 0", "a: restore 0", "a: prepare Sample", "b: prepare Sample",
					"b: reset Sample", "a: reset Sample");
			RecordingResource.clear();
		});
		assertThat(RecordingResource.events()).containsExactly("b: close", "a: close");
	}

	@Test
	void refusesModeThatCannotBeHad() {
		this.contextRunner.withUserConfiguration(ResourcesConfiguration.class)
			.withPropertyValues("pristine.isolation.mode=schema")
			.run((context) -> {
				IsolationEngine engine = context.getBean(IsolationEngine.class);
				assertThatExceptionOfType(ResourceException.class)
					.isThrownBy(() -> engine.open(Sample.class, Sample.class.getDeclaredMethods()[0], null))
					.withMessageContaining(Sample.class.getName() + ".test asks for the isolation SCHEMA")
					.withMessageContaining("it has no schemas");
			});
	}

	static class Sample {

		void test() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ResourcesConfiguration {

		@Bean
		@Order(2)
		TestResource second() {
			return new RecordingResource("b");
		}

		@Bean
		@Order(1)
		TestResource first() {
			return new RecordingResource("a");
		}

	}

}
