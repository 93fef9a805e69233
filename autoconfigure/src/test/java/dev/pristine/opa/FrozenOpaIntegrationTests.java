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

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.pristine.TestIsolation;
import dev.pristine.launch.FrozenServer;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the reset of an OPA that stands still.
 */
@OpaTest
@EnabledOnOs(OS.LINUX)
@EnabledIfSystemProperty(named = "random.programs", matches = "\\d{4,}", disabledReason = "takes 10 s")
class FrozenOpaIntegrationTests {

	@Test
	void isNotWaitedForWithoutBound() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(OpaAutoConfiguration.class))
			.withPropertyValues("pristine.opa.enabled=true", "pristine.opa.launch=embedded")
			.run((context) -> {
				FrozenServer[] frozen = new FrozenServer[1];
				try {
					assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> Rehearsal
						.run(context.getBean(OpaResource.class), new TestScope("test", TestIsolation.TRUNCATE), () -> {
							context.getBean(OpaClient.class).putData("users", Map.of("ann", "admin"));
							frozen[0] = FrozenServer.on(context.getBean(OpaConnectionDetails.class).getUrl().getPort());
						})).withMessageContaining("does not answer");
				}
				finally {
					frozen[0].close();
				}
			});
	}

}
