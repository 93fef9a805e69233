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
import java.sql.Wrapper;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * A JDBC object that answers some methods itself, and passes the others on. The methods
 * that its class declares, private ones aside, are those: each must be one of the
 * interface's, or the first object of the class cannot be created.
 *
 * @param <T> the interface of the object
 */
abstract class JdbcProxy<T extends Wrapper> implements InvocationHandler {

	private static final Map<Class<?>, Map<Method, Method>> OWN_METHODS = new ConcurrentHashMap<>();

	private static final Set<String> NOT_OF_INTERFACE = Set.of("check", "delegate", "toString");

	private final Map<Method, Method> ownMethods;

	private final T target;

	/** What has made the object, as the application got to see it. */
	private final @Nullable Wrapper maker;

	private final T proxy;

	/**
	 * Create a proxy.
	 * @param target what methods are passed on to
	 * @param maker what has made it, for methods that return that, or {@code null}
	 * @param type what the application gets to see
	 * @param widest the interface that has all methods which the class may declare
	 */
	JdbcProxy(T target, @Nullable Wrapper maker, Class<? extends T> type, Class<? extends T> widest) {
		this.target = target;
		this.maker = maker;
		this.ownMethods = OWN_METHODS.computeIfAbsent(getClass(), (own) -> ownMethods(own, widest));
		this.proxy = type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type }, this));
	}

	final T target() {
		return this.target;
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
			return method.getName().equals("equals") ? args != null && proxy == args[0] : call(this, method, args);
		}
		check(method);
		if (method.getDeclaringClass() == Wrapper.class && args != null && args[0] instanceof Class<?> type
				&& type.isInstance(proxy)) {
			return (method.getReturnType() == boolean.class) ? true : proxy;
		}
		if (method.getReturnType() != Object.class && method.getReturnType().isInstance(this.maker)) {
			return this.maker;
		}
		Method own = this.ownMethods.get(method);
		return (own != null) ? call(this, own, args) : delegate(method, args);
	}

	/**
	 * Have a method fail that cannot be called now.
	 * @param method the method
	 * @throws SQLException if it cannot
	 */
	void check(Method method) throws SQLException {
	}

	/**
	 * Answer a method that the class itself does not declare.
	 * @param method the method
	 * @param args its arguments
	 * @return its result
	 * @throws SQLException if the method throws one
	 */
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		return call(this.target, method, args);
	}

	@Override
	public String toString() {
		return this.target.toString();
	}

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

	// Throws what the method throws
	private static @Nullable Object call(@Nullable Object target, Method method, @Nullable Object @Nullable [] args)
			throws SQLException {
		try {
			return method.invoke(target, args);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InvocationTargetException ex) {
			if (ex.getTargetException() instanceof SQLException thrown) {
				throw thrown;
			}
			ReflectionUtils.rethrowRuntimeException(ex.getTargetException());
			return null;
		}
	}

	private static Map<Method, Method> ownMethods(Class<?> type, Class<?> widest) {
		Map<Method, Method> ownMethods = new HashMap<>();
		for (Method own : type.getDeclaredMethods()) {
			if (!Modifier.isPrivate(own.getModifiers()) && !own.isSynthetic()
					&& !NOT_OF_INTERFACE.contains(own.getName())) {
				Method overridden = ReflectionUtils.findMethod(widest, own.getName(), own.getParameterTypes());
				Assert.state(overridden != null && overridden.getReturnType().isAssignableFrom(own.getReturnType()),
						() -> own + " overrides nothing of " + widest.getName());
				own.setAccessible(true);
				ownMethods.put(overridden, own);
			}
		}
		return ownMethods;
	}

}
