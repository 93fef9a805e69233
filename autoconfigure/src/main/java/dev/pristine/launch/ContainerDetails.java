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

package dev.pristine.launch;

import java.util.function.Supplier;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;

/**
 * Tells connection details of containers that the tests have started from others.
 */
public final class ContainerDetails {

	/** What a developer works with in these containers is there before and after. */
	private static final String COMPOSE = ".docker.compose.";

	private ContainerDetails() {
	}

	/**
	 * Return whether connection details lead to a container of the tests.
	 * @param beanFactory where they are
	 * @param name the name of the bean
	 * @param details returns the bean; asked only if it leads to some container
	 * @return {@code false} if they lead elsewhere, or to a container of Docker Compose
	 */
	public static boolean areOfTests(ConfigurableListableBeanFactory beanFactory, String name, Supplier<?> details) {
		return beanFactory.containsBeanDefinition(name)
				&& ContainerImageMetadata.isPresent(beanFactory.getBeanDefinition(name))
				&& !details.get().getClass().getName().contains(COMPOSE);
	}

}
