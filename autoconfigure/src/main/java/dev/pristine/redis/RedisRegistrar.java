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

package dev.pristine.redis;

import java.util.function.Supplier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

import dev.pristine.launch.Launch;
import dev.pristine.launch.LaunchDecision;

/**
 * Registers what leads the application to its {@link RedisDatabase}. A server starts in
 * the background, while the context refreshes.
 */
class RedisRegistrar implements ImportBeanDefinitionRegistrar {

	static final String CONTAINER = "pristineRedisContainer";

	private final Environment environment;

	private final BeanFactory beanFactory;

	RedisRegistrar(Environment environment, BeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		LaunchDecision decision = LaunchDecision.of("redis", this.environment, "pristine.redis.url", null);
		RedisProperties properties = RedisProperties.from(this.environment);
		RedisLaunch launch = RedisLaunch.of(decision.launch(), properties, this.environment);
		launch.prepare();
		Supplier<RedisDatabase> claim = () -> this.beanFactory.getBean(ContextDatabase.class).claim(launch::claim);
		RootBeanDefinition details = new RootBeanDefinition(DatabaseConnectionDetails.class,
				() -> new DatabaseConnectionDetails(claim.get()));
		details.setDependsOn(ContextDatabase.BEAN_NAME);
		details.setLazyInit(true);
		if (decision.launch() != Launch.EXTERNAL) {
			// All of it is the tests'
			new ContainerImageMetadata(null).addTo(details);
		}
		registry.registerBeanDefinition("pristineRedisConnectionDetails", details);
		if (decision.launch() == Launch.CONTAINER) {
			registry.registerBeanDefinition("pristineRedisContainer",
					new RedisContainerDefinition(properties.image(), claim));
		}
	}

}
