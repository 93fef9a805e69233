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
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ActiveProfiles;

/**
 * A {@link SpringBootTest @SpringBootTest} with the profile {@code test} and the JUnit
 * tag {@code integration}. Where JUnit's parallel execution is enabled, its tests run
 * side by side.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Tag("integration")
@Execution(ExecutionMode.CONCURRENT)
@ActiveProfiles
@SpringBootTest
public @interface IntegrationTest {

	/**
	 * Alias for {@link SpringBootTest#properties}.
	 * @return the properties to add to the environment
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "properties")
	String[] properties() default {};

	/**
	 * Alias for {@link SpringBootTest#args}.
	 * @return the arguments of the application
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "args")
	String[] args() default {};

	/**
	 * Alias for {@link SpringBootTest#classes}.
	 * @return the component classes to load
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "classes")
	Class<?>[] classes() default {};

	/**
	 * Alias for {@link SpringBootTest#webEnvironment}.
	 * @return the web environment
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "webEnvironment")
	WebEnvironment webEnvironment() default WebEnvironment.MOCK;

	/**
	 * Alias for {@link SpringBootTest#useMainMethod}.
	 * @return how the main method is used
	 */
	@AliasFor(annotation = SpringBootTest.class, attribute = "useMainMethod")
	UseMainMethod useMainMethod() default UseMainMethod.NEVER;

	/**
	 * Alias for {@link ActiveProfiles#profiles}.
	 * @return the active profiles
	 */
	@AliasFor(annotation = ActiveProfiles.class, attribute = "profiles")
	String[] profiles() default { "test" };

}
