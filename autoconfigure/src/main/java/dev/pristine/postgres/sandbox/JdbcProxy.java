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
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A JDBC object that answers some methods itself, and passes the others on. The methods
 * that its class declares, private ones aside, are those: each must be one of the
 * interface's, or the first object of the class cannot be created.
 *
 * @param <T> the interface of the object
 */
abstract class JdbcProxy<T> implements InvocationHandler {

	private static final Map<Class<?>, Map<Method, Optional<Method>>> OWN_METHODS = new ConcurrentHashMap<>();

	private static final Set<String> NOT_OF_INTERFACE = Set.of("delegate", "toString");

	private final Map<Method, Optional<Method>> ownMethods;

	private final T proxy;

	/**
	 * Create a proxy.
	 * @param type what the application gets to see
	 * @param widest the interface that has all methods which the class may declare
	 */
	JdbcProxy(Class<? extends T> type, Class<?> widest) {
		this.ownMethods = OWN_METHODS.computeIfAbsent(getClass(), (own) -> check(own, widest));
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
	 * Return names of methods.
	 * @param type the interface that has them
	 * @param names their names
	 * @return the names
	 * @throws IllegalStateException if the interface has no such method
	 */
	static Set<String> methods(Class<?> type, String... names) {
		for (String name : names) {
			Assert.state(Arrays.stream(type.getMethods()).anyMatch((method) -> method.getName().equals(name)),
					() -> type.getName() + " has no method " + name);
		}
		return Set.of(names);
	}

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

	private static Map<Method, Optional<Method>> check(Class<?> own, Class<?> widest) {
		for (Method method : own.getDeclaredMethods()) {
			boolean helper = Modifier.isPrivate(method.getModifiers()) || method.isSynthetic()
					|| NOT_OF_INTERFACE.contains(method.getName());
			Assert.state(helper || Arrays.stream(widest.getMethods()).anyMatch((each) -> overrides(method, each)),
					() -> method + " overrides nothing of " + widest.getName());
		}
		return new ConcurrentHashMap<>();
	}

	private static boolean overrides(Method own, Method method) {
		return own.getName().equals(method.getName())
				&& Arrays.equals(own.getParameterTypes(), method.getParameterTypes())
				&& method.getReturnType().isAssignableFrom(own.getReturnType());
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
