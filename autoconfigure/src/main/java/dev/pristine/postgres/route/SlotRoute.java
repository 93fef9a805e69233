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

package dev.pristine.postgres.route;

import java.lang.reflect.Modifier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.SlotCopies;

/**
 * Where one bean of the application gets its connections from: the target of the slot
 * that they are for. The bean stays what it was: same type, same settings.
 *
 * @param <T> the type of its targets
 */
public abstract class SlotRoute<T extends SlotTarget<T>> implements MethodInterceptor {

	private final SlotCopies<T> targets;

	SlotRoute(T home, ObjectProvider<CurrentSlot> currentSlot) {
		this.targets = new SlotCopies<>(home, currentSlot);
	}

	/**
	 * Return what the application made, which leads to the database of slot 0.
	 * @return the target of slot 0
	 */
	public T target() {
		return this.targets.home();
	}

	T current() {
		return this.targets.current();
	}

	/**
	 * Ask for the slot from now on: while the application starts, there is none.
	 */
	public void start() {
		this.targets.start();
	}

	/**
	 * Lead a slot to a copy of the database.
	 * @param slot the number of the slot
	 * @param database the name of the database
	 * @param copy the name of the copy
	 * @return the target
	 */
	public T lead(int slot, String database, String copy) {
		T target = target().derive(database, copy);
		this.targets.put(slot, target);
		return target;
	}

	/**
	 * Close what leads a slot to its copy.
	 * @param slot the number of the slot
	 */
	public void end(int slot) {
		T target = this.targets.remove(slot);
		if (target != null) {
			target.close();
		}
	}

	/**
	 * Put the route around the bean.
	 * @param bean what the application made
	 * @return the bean with this route
	 */
	Object around(Object bean) {
		ProxyFactory proxy = new ProxyFactory(bean);
		// The application may ask for the class of its pool
		proxy.setProxyTargetClass(!Modifier.isFinal(bean.getClass().getModifiers()));
		// Mockito would see through it: a spy of Spring's is put around
		proxy.setOpaque(true);
		proxy.addAdvice(this);
		return proxy.getProxy(bean.getClass().getClassLoader());
	}

	// Whatever is around the bean unwraps its route like any other part of it
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (arguments.length == 1 && arguments[0] == getClass()) {
			return invocation.getMethod().getName().equals("unwrap") ? this : true;
		}
		return invocation.proceed();
	}

}
