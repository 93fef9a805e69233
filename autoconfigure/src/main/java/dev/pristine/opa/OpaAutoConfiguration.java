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

import java.nio.file.Path;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.launch.ExportedAddress;
import dev.pristine.launch.LaunchDecision;
import dev.pristine.launch.LaunchProperties;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Open Policy Agent.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBooleanProperty(name = "pristine.opa.enabled", matchIfMissing = true)
@Conditional(OpaAutoConfiguration.OnPoliciesOrDetails.class)
@EnableConfigurationProperties({ LaunchProperties.class, OpaProperties.class })
public final class OpaAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OpaConnectionDetails opaConnectionDetails(OpaProperties properties, Environment environment,
			ResourceLoader resourceLoader) {
		LaunchDecision decision = LaunchDecision.of("opa", environment, "pristine.opa.url", null);
		return switch (decision.launch()) {
			case CONTAINER -> ContainerOpa.start(properties, files(properties, resourceLoader));
			case EXTERNAL -> ExternalOpa.at(properties);
			default -> NativeOpa.start(program(properties, environment), properties, files(properties, resourceLoader));
		};
	}

	private static OpaState files(OpaProperties properties, ResourceLoader resourceLoader) {
		return PolicyFiles.below(properties.policies(), resourceLoader).read();
	}

	private static Path program(OpaProperties properties, Environment environment) {
		return new OpaProgram(properties, LaunchProperties.from(environment)::cache, System.getenv("PATH")).find();
	}

	@Bean
	static PolicyLoader opaPolicyLoader(ObjectProvider<OpaProperties> properties, ResourceLoader resourceLoader) {
		return new PolicyLoader(properties, resourceLoader);
	}

	@Bean
	static ExportedAddress<OpaConnectionDetails> opaExportedAddress() {
		return new ExportedAddress<>("pristine.opa.export-to", OpaConnectionDetails.class,
				(details) -> details.getUrl().toString());
	}

	@Bean
	@ConditionalOnMissingBean
	OpaClient opaClient(OpaConnectionDetails details) {
		return new OpaClient(new OpaHttp(details));
	}

	@Bean
	OpaResource opaResource(OpaConnectionDetails details, OpaClient client) {
		return new OpaResource(details, client);
	}

	/**
	 * Matches where OPA has something to do.
	 */
	static class OnPoliciesOrDetails extends AnyNestedCondition {

		OnPoliciesOrDetails() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@Conditional(OnPoliciesCondition.class)
		static class Policies {

		}

		@ConditionalOnBean(OpaConnectionDetails.class)
		static class Details {

		}

	}

}
