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

package dev.pristine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Chooses the {@link TestIsolation} of a test. Stands on a test method, a test class, an
 * enclosing class, a superclass, an interface, or as a meta-annotation on an annotation
 * of your own.
 * <p>
 * The nearest declaration wins: the method, its class, an interface, the superclass, the
 * enclosing class, and then the property {@code pristine.isolation.mode}. That is how
 * Spring finds its own annotations of tests. A declaration on a class also holds for the
 * test methods that the class inherits.
 * <p>
 * The mode is not part of the context cache key: switching modes never starts another
 * application context.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface IsolationMode {

	/**
	 * The isolation to use.
	 * @return the isolation
	 */
	TestIsolation value();

}
