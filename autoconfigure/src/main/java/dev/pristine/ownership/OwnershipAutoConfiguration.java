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
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import reactor.core.scheduler.Schedulers;

import dev.pristine.resource.CurrentSlot;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what takes the owner of a thread
 * along to other threads.
 *
 * @since 0.1.0
 */
@AutoConfiguration
public final class OwnershipAutoConfiguration {

	/**
	 * Spring Boot gives it to its executors and schedulers, next to those of the
	 * application.
	 */
	@Bean
	@Fallback
	OwnerTaskDecorator testOwnerTaskDecorator(ApplicationContext context, ObjectProvider<CurrentSlot> slots) {
		return new OwnerTaskDecorator(context, slots);
	}

	/**
	 * What is {@code @Scheduled} works for the application itself.
	 */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	SchedulingConfigurer homeSchedulingConfigurer(ObjectProvider<CurrentSlot> slots) {
		return (registrar) -> {
			TaskScheduler scheduler = registrar.getScheduler();
			CurrentSlot slot = slots.getIfAvailable();
			if (scheduler != null && slot != null) {
				registrar.setTaskScheduler(
						HomeScheduler.of(scheduler, TestOwner.start("the application's scheduled work", slot, 0)));
			}
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Schedulers.class)
	static class ReactorConfiguration {

		ReactorConfiguration() {
			Schedulers.onScheduleHook(TestOwner.class.getName(), TestOwner::wrap);
			ReactiveOwner.keep();
		}

	}

}
