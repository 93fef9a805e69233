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
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * {@link BeanPostProcessor} that lets beans of one type connect to servers of the tests
 * alone. It comes before anything that uses them, migrations for one.
 *
 * @param <T> the type of the beans
 * @param type the type of the beans
 * @param urls finds where a bean leads; {@code null} if others find that
 * @param early whether they connect when they are made, if they have an address of their
 * own, so that they are checked before
 * @param addresses where it may lead
 */
record DestinationGuard<T>(Class<T> type, Function<T, @Nullable List<String>> urls, boolean early,
		ObjectProvider<TestAddresses> addresses) implements BeanPostProcessor, PriorityOrdered {

	/**
	 * First, so that no other post processor has connected before.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		return this.early ? check(bean, name) : bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return this.early ? bean : check(bean, name);
	}

	private Object check(Object bean, String name) {
		if (this.type.isInstance(bean)) {
			List<String> urls = this.urls.apply(this.type.cast(bean));
			if (urls != null && (!urls.isEmpty() || !this.early)) {
				this.addresses.getObject().check(this.type.getSimpleName(), name, urls);
			}
		}
		return bean;
	}

}
