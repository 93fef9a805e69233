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

package dev.pristine.postgres;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;

/**
 * Where one {@link DataSource} of the application gets its connections from: the target
 * of the slot that the calling thread works on.
 */
class DataSourceRoute implements MethodInterceptor {

	private final DataSourceTarget target;

	private final CurrentSlot slot;

	private final Map<Integer, DataSourceTarget> copies = new ConcurrentHashMap<>();

	DataSourceRoute(String name, DataSource dataSource, CurrentSlot slot) {
		this.target = new DataSourceTarget(name, dataSource);
		this.slot = slot;
	}

	/**
	 * Return the route that a data source takes, whatever is around it.
	 * @param dataSource the data source
	 * @return its route, or {@code null} if it has none
	 */
	static @Nullable DataSourceRoute of(DataSource dataSource) {
		try {
			return dataSource.isWrapperFor(DataSourceRoute.class) ? dataSource.unwrap(DataSourceRoute.class) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/**
	 * Return the target of slot 0: the data source as the application made it.
	 * @return the target
	 */
	DataSourceTarget target() {
		return this.target;
	}

	/**
	 * Lead the threads of another slot to a copy of the database.
	 * @param slot the number of the slot
	 * @param copy the target, or {@code null} if the slot is no more
	 */
	void lead(int slot, @Nullable DataSourceTarget copy) {
		if (copy != null) {
			this.copies.put(slot, copy);
		}
		else {
			this.copies.remove(slot);
		}
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method method = invocation.getMethod();
		if (method.getReturnType() == Connection.class && method.getName().equals("getConnection")) {
			return current().connect(invocation.getArguments());
		}
		if (invocation.getArguments().length == 1 && invocation.getArguments()[0] == DataSourceRoute.class) {
			return method.getName().equals("unwrap") ? this : true;
		}
		return invocation.proceed();
	}

	private DataSourceTarget current() {
		// While the application starts, there are no slots yet
		int number = this.target.isIsolated() ? this.slot.number() : 0;
		DataSourceTarget target = (number != 0) ? this.copies.get(number) : this.target;
		if (target == null) {
			throw new ResourceException(
					"The DataSource '%s' was asked for a connection on the slot %d, which is no more.".formatted(
							this.target.name(), number),
					"Have the test wait for the end of what it has started.");
		}
		return target;
	}

}
