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

import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import dev.pristine.resource.SnapshotResource;

/**
 * Beans that are emptied before and after each test, including what the application has
 * put into them while it started: it has to get along without, and the rows behind have
 * been put back as well. Tests that run side by side would share them.
 *
 * @param <T> the type of the beans
 * @param name the name for messages
 * @param beanFactory where the beans are
 * @param type their type
 * @param holding tells whether one of them may keep anything of the rows in memory
 * @param emptying empties one of them
 */
record MemoryResource<T>(String name, ConfigurableListableBeanFactory beanFactory, Class<T> type, Predicate<T> holding,
		Consumer<T> emptying) implements SnapshotResource<Boolean> {

	@Override
	public @Nullable String onlyCopy() {
		for (String bean : beans()) {
			if (this.holding.test(this.beanFactory.getBean(bean, this.type))) {
				return ("the bean '%s' keeps rows in memory (%s), for all tests alike. Disable it in tests, or set "
						+ "pristine.memory.enabled=false if they may share it")
					.formatted(bean, this.name);
			}
		}
		return null;
	}

	@Override
	public Boolean capture() {
		return true;
	}

	@Override
	public void restore(Boolean snapshot) {
		for (String bean : beans()) {
			if (!isYetToCome(bean)) {
				this.emptying.accept(this.beanFactory.getBean(bean, this.type));
			}
		}
	}

	// Asked for like this, the bean factory remembers them
	private String[] beans() {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, this.type);
	}

	// A lazy bean is not created for that
	private boolean isYetToCome(String bean) {
		return this.beanFactory.containsBeanDefinition(bean) && !this.beanFactory.containsSingleton(bean);
	}

}
