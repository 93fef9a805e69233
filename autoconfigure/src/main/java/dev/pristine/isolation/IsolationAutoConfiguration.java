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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

import dev.pristine.resource.TestResource;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the isolation of tests.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@EnableConfigurationProperties(IsolationProperties.class)
public final class IsolationAutoConfiguration {

	@Bean
	RunningTests runningTests() {
		return new RunningTests();
	}

	@Bean
	IsolationEngine isolationEngine(ObjectProvider<TestResource> resources, IsolationProperties properties,
			RunningTests runningTests) {
		return new IsolationEngine(resources.orderedStream().toList(), properties, runningTests);
	}

	@Bean
	@ConditionalOnMissingBean(value = ApplicationArguments.class, search = SearchStrategy.CURRENT)
	SmartInitializingSingleton baselineWithoutSpringApplication(ConfigurableApplicationContext context) {
		// After all other listeners. Those of child contexts are heard as well
		return () -> context.addApplicationListener((event) -> {
			if (event instanceof ContextRefreshedEvent && event.getSource() == context) {
				context.getBean(IsolationEngine.class).startForClass();
			}
		});
	}

}
