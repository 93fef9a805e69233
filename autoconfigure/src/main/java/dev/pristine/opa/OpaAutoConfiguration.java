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

import java.util.Objects;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.launch.ContextServer;
import dev.pristine.launch.ExportedAddress;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.SlotAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Open Policy Agent.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBooleanProperty(name = "pristine.opa.enabled", matchIfMissing = true)
@Conditional(OpaAutoConfiguration.OnPolicies.class)
@EnableConfigurationProperties(OpaProperties.class)
public final class OpaAutoConfiguration {

	@Bean
	static PolicyFiles opaPolicyFiles(Environment environment, ResourceLoader resourceLoader) {
		return new PolicyFiles(OpaProperties.from(environment).policies(), resourceLoader);
	}

	@Bean
	static PolicyLoader opaPolicyLoader(PolicyFiles files) {
		return new PolicyLoader(files);
	}

	@Bean
	static ExportedAddress<OpaConnectionDetails> opaExportedAddress() {
		return new ExportedAddress<>("pristine.opa.export-to", OpaConnectionDetails.class,
				(details) -> details.getUrl().toString());
	}

	@Bean
	@ConditionalOnMissingBean
	OpaClient opaClient(OpaResource resource) {
		return new OpaClient(() -> new OpaHttp(resource.current()));
	}

	@Bean
	OpaResource opaResource(OpaConnectionDetails details, OpaProperties properties, PolicyFiles files,
			Environment environment, ObjectProvider<CurrentSlot> currentSlot) {
		return new OpaResource(details,
				() -> new ProvidedOpa(ProvidedOpa.server(files.contents(), environment).port(0).start(environment),
						properties),
				currentSlot);
	}

	@Bean
	SlotAddress opaSlotAddress(OpaConnectionDetails details, OpaResource resource) {
		return new SlotAddress(details::getUrl, () -> resource.current().getUrl());
	}

	/**
	 * An OPA for applications that declare none.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(OpaConnectionDetails.class)
	static class Provided {

		@Bean
		static ContextServer opaServer(PolicyFiles files, Environment environment) {
			return ProvidedOpa.server(files.contents(), environment).inContext(environment);
		}

		@Bean
		ProvidedOpa opaConnectionDetails(@Qualifier("opaServer") ContextServer server, OpaProperties properties) {
			return new ProvidedOpa(server.get(), properties);
		}

	}

	/**
	 * {@link BeanPostProcessor} that gives an OPA that was not started with them the
	 * policies and data of the application, before anybody learns its address.
	 *
	 * @param files the policies and data
	 */
	record PolicyLoader(PolicyFiles files) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof OpaConnectionDetails details
					&& !(details instanceof ProvidedOpa provided && provided.isStarted())) {
				OpaResource.load(details, this.files);
			}
			return bean;
		}

	}

	/**
	 * Matches where OPA has something to do: the application has policies or declares an
	 * OPA, or {@code pristine.opa.enabled} is set.
	 */
	static class OnPolicies extends SpringBootCondition implements ConfigurationCondition {

		@Override
		public ConfigurationPhase getConfigurationPhase() {
			return ConfigurationPhase.REGISTER_BEAN;
		}

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			OpaProperties properties = OpaProperties.from(context.getEnvironment());
			ListableBeanFactory beanFactory = Objects.requireNonNull(context.getBeanFactory());
			boolean wanted = Boolean.TRUE.equals(properties.enabled())
					|| beanFactory.getBeanNamesForType(OpaConnectionDetails.class, true, false).length > 0;
			boolean found = wanted
					|| new PolicyFiles(properties.policies(), context.getResourceLoader()).containPolicies();
			return new ConditionOutcome(found, wanted ? "an OPA is asked for or declared"
					: (found ? "found" : "did not find") + " policies in " + properties.policies());
		}

	}

}
