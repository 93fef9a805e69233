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

package dev.pristine.memory;

import org.jspecify.annotations.Nullable;
import org.mockito.Mockito;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import dev.pristine.resource.SnapshotResource;

/**
 * Mocks and spies among the beans. A test stubs and verifies them, and Spring resets them
 * after it: tests that run side by side would spoil each other's.
 *
 * @param beanFactory where the beans are
 */
record Mocks(ConfigurableListableBeanFactory beanFactory) implements SnapshotResource<Boolean> {

	@Override
	public String name() {
		return "mocks";
	}

	@Override
	public @Nullable String onlyCopy() {
		for (String bean : this.beanFactory.getSingletonNames()) {
			if (isMock(bean)) {
				return ("the bean '%s' is a mock or a spy, which all tests would stub and verify alike. Set "
						+ "pristine.memory.enabled=false if they may share it")
					.formatted(bean);
			}
		}
		return null;
	}

	private boolean isMock(String name) {
		try {
			// As Spring does to reset them: a factory may have made it
			Object bean = this.beanFactory.getBean(name);
			for (Object target = bean; target != null; target = AopProxyUtils.getSingletonTarget(bean)) {
				bean = target;
			}
			return Mockito.mockingDetails(bean).isMock();
		}
		catch (BeansException ex) {
			return false;
		}
	}

	@Override
	public Boolean capture() {
		return true;
	}

	@Override
	public void restore(Boolean snapshot) {
		// Spring does
	}

}
