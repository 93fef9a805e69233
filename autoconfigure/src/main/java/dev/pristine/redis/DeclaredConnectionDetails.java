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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;

import dev.pristine.redis.RedisServer.Origin;
import dev.pristine.resource.ResourceException;

/**
 * {@link BeanPostProcessor} that leads the connection details which a test declares, by a
 * container or as a bean, to a database that belongs to the application context alone.
 */
final class DeclaredConnectionDetails implements BeanPostProcessor {

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<ContextDatabase> database;

	private final ObjectProvider<RedisProperties> properties;

	DeclaredConnectionDetails(ConfigurableListableBeanFactory beanFactory, ObjectProvider<ContextDatabase> database,
			ObjectProvider<RedisProperties> properties) {
		this.beanFactory = beanFactory;
		this.database = database;
		this.properties = properties;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof DataRedisConnectionDetails details) || bean instanceof DatabaseConnectionDetails) {
			return bean;
		}
		Standalone standalone = details.getStandalone();
		if (standalone == null || details.getCluster() != null || details.getSentinel() != null
				|| details.getMasterReplica() != null) {
			throw new ResourceException(
					"The connection details '" + beanName + "' lead to several Redis servers. Their state cannot be "
							+ "brought back after a test.",
					"Test with a single server, or set pristine.redis.enabled=false to use them without isolation.");
		}
		RedisAddress address = new RedisAddress(standalone.getHost(), standalone.getPort(), details.getUsername(),
				details.getPassword(), details.getSslBundle());
		// The database is given back after everything that uses it has been closed
		this.beanFactory.registerDependentBean(ContextDatabase.BEAN_NAME, beanName);
		return new DatabaseConnectionDetails(this.database.getObject()
			.claim(RedisLaunch.existing(address, standalone.getDatabase(), origin(beanName))::claim));
	}

	private Origin origin(String beanName) {
		if (this.beanFactory.containsBeanDefinition(beanName)
				&& ContainerImageMetadata.isPresent(this.beanFactory.getBeanDefinition(beanName))) {
			return Origin.CONTAINER;
		}
		return this.properties.getObject().disposable() ? Origin.DISPOSABLE : Origin.FOREIGN;
	}

}
