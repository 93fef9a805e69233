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

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.container.ContainerImageMetadata;

import dev.pristine.launch.docker.compose.ComposeDetails;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ContainerDetails}.
 */
class ContainerDetailsTests {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	@Test
	void containersOfTheTestsAreToldFromOthers() {
		RootBeanDefinition container = new RootBeanDefinition(Object.class);
		new ContainerImageMetadata("postgres:18").addTo(container);
		this.beanFactory.registerBeanDefinition("container", container);
		this.beanFactory.registerBeanDefinition("given", new RootBeanDefinition(Object.class));
		assertThat(ContainerDetails.areOfTests(this.beanFactory, "container", Object::new)).isTrue();
		assertThat(ContainerDetails.areOfTests(this.beanFactory, "container", ComposeDetails::new)).isFalse();
		assertThat(ContainerDetails.areOfTests(this.beanFactory, "given", Assertions::fail)).isFalse();
		assertThat(ContainerDetails.areOfTests(this.beanFactory, "none", Assertions::fail)).isFalse();
	}

}
