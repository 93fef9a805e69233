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

package dev.pristine.ownership;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextStoppedEvent;
import org.springframework.core.task.TaskDecorator;

import dev.pristine.resource.CurrentSlot;

/**
 * {@link TaskDecorator} that has tasks work for whoever submits them. What the
 * application submits while it starts, such as its pollers, works for the application
 * itself.
 */
final class OwnerTaskDecorator implements TaskDecorator, ApplicationListener<ApplicationContextEvent> {

	private final ApplicationContext context;

	private final ObjectProvider<CurrentSlot> slots;

	private volatile boolean started;

	OwnerTaskDecorator(ApplicationContext context, ObjectProvider<CurrentSlot> slots) {
		this.context = context;
		this.slots = slots;
	}

	@Override
	public void onApplicationEvent(ApplicationContextEvent event) {
		if (event.getApplicationContext() == this.context) {
			// Spring's tests pause a context that they do not use at the moment
			this.started = !(event instanceof ContextStoppedEvent);
		}
	}

	@Override
	public Runnable decorate(Runnable task) {
		CurrentSlot slot = this.started ? null : this.slots.getIfAvailable();
		if (slot == null) {
			return TestOwner.wrap(task);
		}
		return TestOwner.start("the application's own work", slot, 0).bind(task);
	}

}
