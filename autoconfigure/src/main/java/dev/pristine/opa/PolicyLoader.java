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

package dev.pristine.opa;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link BeanPostProcessor} that gives OPA its policies and data before anybody learns
 * its address, wherever it comes from.
 */
class PolicyLoader implements BeanPostProcessor, PriorityOrdered {

	private final ObjectProvider<OpaProperties> properties;

	private final ResourceLoader resourceLoader;

	PolicyLoader(ObjectProvider<OpaProperties> properties, ResourceLoader resourceLoader) {
		this.properties = properties;
		this.resourceLoader = resourceLoader;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof OpaConnectionDetails details && !(bean instanceof StartedOpa)) {
			OpaState files = PolicyFiles.below(this.properties.getObject().policies(), this.resourceLoader).read();
			try (OpaHttp http = new OpaHttp(details)) {
				Occupancy.of(details).enter(details, new OpaStore(http), files);
			}
		}
		return bean;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
