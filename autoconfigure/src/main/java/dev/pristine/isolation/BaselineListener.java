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

package dev.pristine.isolation;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * {@link ApplicationListener} that has the {@link IsolationEngine} capture the baseline
 * where no {@code SpringApplication} tells when the application has started.
 */
class BaselineListener implements ApplicationListener<ContextRefreshedEvent> {

	private final ApplicationContext context;

	BaselineListener(ApplicationContext context) {
		this.context = context;
	}

	// Those of child contexts are heard as well
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.context.getBean(IsolationEngine.class).startForClass();
		}
	}

}
