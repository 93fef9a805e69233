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

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.core.env.Environment;

import dev.pristine.launch.ContainerDetails;
import dev.pristine.redis.NumberClaim.Consent;
import dev.pristine.resource.ResourceException;

/**
 * {@link BeanPostProcessor} that leads the connection details which a test declares, by a
 * container or as a bean, to a number that belongs to the application context alone.
 */
final class DeclaredConnectionDetails implements BeanPostProcessor, DisposableBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final List<RedisDatabase> claimed = new ArrayList<>();

	DeclaredConnectionDetails(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof DataRedisConnectionDetails details) || bean instanceof RedisDatabase) {
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
				details.getPassword(), details.getSslBundle(), standalone.getDatabase());
		RedisDatabase database = NumberClaim.claim(address, consent(beanName, details));
		this.claimed.add(database);
		return database;
	}

	private Consent consent(String beanName, DataRedisConnectionDetails details) {
		if (ContainerDetails.areOfTests(this.beanFactory, beanName, () -> details)) {
			return Consent.BASELINE;
		}
		return RedisProperties.from(this.environment).disposable() ? Consent.DISPOSABLE : Consent.EMPTY;
	}

	/**
	 * Give the numbers back, after everything that uses them has been closed.
	 */
	@Override
	public void destroy() {
		this.claimed.forEach(RedisDatabase::close);
	}

}
