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

package dev.pristine.destination;

import java.util.List;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

import dev.pristine.resource.ResourceException;

/**
 * {@link ContextCustomizerFactory} that brings Pristine into every application context of
 * a test.
 */
class PristineContextCustomizerFactory implements ContextCustomizerFactory {

	private static final int OLDEST = 4;

	@Override
	public ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		checkVersion(SpringBootVersion.getVersion());
		ReplacedListeners.warn(testClass);
		return new Customizer();
	}

	/**
	 * Check that this is a Spring Boot whose connections Pristine can lead to the tests.
	 * @param version the version of Spring Boot
	 * @throws ResourceException if it is too old
	 */
	static void checkVersion(String version) {
		if (Integer.parseInt(version.substring(0, version.indexOf('.'))) < OLDEST) {
			throw new ResourceException(
					"This is Spring Boot %s. Pristine needs 4.0 or later: tests would use the servers of the application."
						.formatted(version),
					"Update Spring Boot, or remove Pristine from the class path.");
		}
	}

	/**
	 * The same for all tests, so that it makes no difference to the cache of contexts.
	 */
	private record Customizer() implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
			UnreadProperties.warn(context.getEnvironment(), context);
			if (context.getBeanFactory() instanceof BeanDefinitionRegistry registry) {
				new AnnotatedBeanDefinitionReader(registry, context.getEnvironment())
					.register(PristineConfiguration.class);
			}
		}

	}

}
