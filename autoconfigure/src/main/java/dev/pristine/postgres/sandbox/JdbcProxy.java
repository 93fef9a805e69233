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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A JDBC object that answers some methods itself, namely those that its class declares,
 * and passes the others on.
 *
 * @param <T> the interface of the object
 */
abstract class JdbcProxy<T> implements InvocationHandler {

	private static final ClassValue<Map<Method, Optional<Method>>> OWN_METHODS = new ClassValue<>() {

		@Override
		protected Map<Method, Optional<Method>> computeValue(Class<?> type) {
			return new ConcurrentHashMap<>();
		}

	};

	private final Map<Method, Optional<Method>> ownMethods = OWN_METHODS.get(getClass());

	private final T proxy;

	JdbcProxy(Class<? extends T> type) {
		this.proxy = type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type }, this));
	}

	/**
	 * Return what the application gets to see.
	 * @return the proxy
	 */
	final T proxy() {
		return this.proxy;
	}

	@Override
	public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
			throws Throwable {
		if (method.getDeclaringClass() == Object.class) {
			return identity(proxy, method, args);
		}
		Optional<Method> own = this.ownMethods.get(method);
		if (own == null) {
			own = this.ownMethods.computeIfAbsent(method, this::own);
		}
		return own.isPresent() ? call(this, own.get(), args) : delegate(method, args);
	}

	/**
	 * Answer a method that the class itself does not declare.
	 * @param method the method
	 * @param args its arguments
	 * @return its result
	 * @throws SQLException if the method throws one
	 */
	abstract @Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException;

	/**
	 * Call a method, throwing what it throws.
	 * @param target the object to call it on
	 * @param method the method
	 * @param args its arguments
	 * @return its result
	 * @throws SQLException if the method throws one
	 */
	static @Nullable Object call(@Nullable Object target, Method method, @Nullable Object @Nullable [] args)
			throws SQLException {
		try {
			return method.invoke(target, args);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InvocationTargetException ex) {
			throw JdbcProxy.<RuntimeException>sneaky(ex.getTargetException());
		}
	}

	// JDBC's interfaces throw more than SQLException, those of COPY for example
	@SuppressWarnings("unchecked")
	private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
		throw (E) thrown;
	}

	private Optional<Method> own(Method method) {
		try {
			Method own = getClass().getDeclaredMethod(method.getName(), method.getParameterTypes());
			own.setAccessible(true);
			return Optional.of(own);
		}
		catch (NoSuchMethodException ex) {
			return Optional.empty();
		}
	}

	private @Nullable Object identity(Object proxy, Method method, @Nullable Object @Nullable [] args) {
		return switch (method.getName()) {
			case "equals" -> args != null && proxy == args[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> toString();
		};
	}

}
