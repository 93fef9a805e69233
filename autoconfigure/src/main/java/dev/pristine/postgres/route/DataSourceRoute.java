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

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.support.JdbcUtils;

import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.CurrentSlot;

/**
 * Where one {@link DataSource} of the application gets its connections from: the target
 * of the slot that the calling thread works on.
 */
public class DataSourceRoute extends SlotRoute<DataSourceTarget> {

	DataSourceRoute(String name, DataSource dataSource, ObjectProvider<CurrentSlot> currentSlot) {
		super(new DataSourceTarget(name, dataSource), currentSlot);
	}

	/**
	 * Return the route that a data source takes, whatever is around it.
	 * @param dataSource the data source
	 * @return its route, or {@code null} if it has none
	 */
	public static @Nullable DataSourceRoute of(DataSource dataSource) {
		try {
			return dataSource.isWrapperFor(DataSourceRoute.class) ? dataSource.unwrap(DataSourceRoute.class) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method method = invocation.getMethod();
		if (method.getReturnType() == Connection.class && method.getName().equals("getConnection")) {
			return inTime(current().connect(invocation.getArguments()));
		}
		return super.invoke(invocation);
	}

	// The test may have ended while the pool had its thread wait
	private @Nullable Connection inTime(@Nullable Connection connection) {
		TestOwner owner = TestOwner.current();
		if (owner != null && owner.isEnded()) {
			try {
				current();
			}
			catch (RuntimeException ex) {
				JdbcUtils.closeConnection(connection);
				throw ex;
			}
		}
		return connection;
	}

}
