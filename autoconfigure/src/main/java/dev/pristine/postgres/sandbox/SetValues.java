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

package dev.pristine.postgres.sandbox;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The parameters and options that have been set on a prepared statement, so that they can
 * be set on another one.
 */
final class SetValues {

	private final Map<Object, Setter> parameters = new LinkedHashMap<>();

	private final Map<Object, Setter> options = new LinkedHashMap<>();

	/**
	 * Keep a value, if it is one.
	 * @param method the method about to be called on the statement
	 * @param args its arguments
	 * @return {@code false} if the other statement has to take over before that
	 */
	boolean keep(Method method, @Nullable Object @Nullable [] args) {
		String name = method.getName();
		if (name.equals("clearParameters")) {
			this.parameters.clear();
		}
		else if (name.startsWith("set") && args != null) {
			if (method.getDeclaringClass() != PreparedStatement.class) {
				this.options.put(name, new Setter(method, args));
				return true;
			}
			if (args.length > 1 && isRead(args[1])) {
				return false;
			}
			this.parameters.put(String.valueOf(args[0]), new Setter(method, args));
		}
		return !name.equals("addBatch");
	}

	/**
	 * Set everything.
	 * @param statement the other statement
	 * @throws SQLException if it is refused
	 */
	void setOn(Statement statement) throws SQLException {
		for (Setter option : this.options.values()) {
			JdbcProxy.call(statement, option.method(), option.args());
		}
		for (Setter parameter : this.parameters.values()) {
			JdbcProxy.call(statement, parameter.method(), parameter.args());
		}
		this.options.clear();
		this.parameters.clear();
	}

	// Its content may be gone once it has been set
	private static boolean isRead(@Nullable Object value) {
		return value instanceof InputStream || value instanceof Reader || value instanceof Blob
				|| value instanceof Clob;
	}

	/**
	 * The call of a setter.
	 */
	private record Setter(Method method, @Nullable Object[] args) {

	}

}
