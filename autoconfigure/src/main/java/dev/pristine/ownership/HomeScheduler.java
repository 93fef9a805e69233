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

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.TaskScheduler;

/**
 * A {@link TaskScheduler} whose tasks work for the application itself, whichever thread
 * runs them and whatever tests run meanwhile.
 */
final class HomeScheduler {

	private HomeScheduler() {
	}

	/**
	 * Return a scheduler that has its tasks work for the application.
	 * @param scheduler what runs them
	 * @param home the application
	 * @return the same scheduler for such tasks
	 */
	static TaskScheduler of(TaskScheduler scheduler, TestOwner home) {
		ProxyFactory proxy = new ProxyFactory(TaskScheduler.class, (MethodInterceptor) (invocation) -> {
			@Nullable Object[] arguments = invocation.getArguments();
			if (arguments.length > 0 && arguments[0] instanceof Runnable task) {
				arguments[0] = new Job(task, home);
			}
			return invocation.proceed();
		});
		proxy.setTarget(scheduler);
		return (TaskScheduler) proxy.getProxy(TaskScheduler.class.getClassLoader());
	}

	/**
	 * The qualifier says on which scheduler the task shall run.
	 */
	private record Job(Runnable task, TestOwner home) implements SchedulingAwareRunnable {

		@Override
		public void run() {
			this.home.bind(this.task).run();
		}

		@Override
		public @Nullable String getQualifier() {
			return (this.task instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
		}

	}

}
