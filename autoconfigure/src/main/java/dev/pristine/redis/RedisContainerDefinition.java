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

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.testcontainers.beans.TestcontainerBeanDefinition;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * The definition of the {@link RedisContainer} as a bean with
 * {@link ServiceConnection @ServiceConnection}. A class of its own because Testcontainers
 * may be absent.
 */
final class RedisContainerDefinition extends RootBeanDefinition implements TestcontainerBeanDefinition {

	private final String image;

	RedisContainerDefinition(String image, Supplier<RedisDatabase> database) {
		super(RedisContainer.class, () -> RedisContainer.of(database.get()));
		this.image = image;
		setDependsOn(ContextDatabase.BEAN_NAME);
		setDestroyMethodName("");
	}

	private RedisContainerDefinition(RedisContainerDefinition original) {
		super(original);
		this.image = original.image;
	}

	@Override
	public String getContainerImageName() {
		return this.image;
	}

	@Override
	public MergedAnnotations getAnnotations() {
		return MergedAnnotations.of(List
			.of(MergedAnnotation.of(null, null, ServiceConnection.class, Map.of("value", "redis", "name", "redis"))));
	}

	@Override
	public RootBeanDefinition cloneBeanDefinition() {
		return new RedisContainerDefinition(this);
	}

}
