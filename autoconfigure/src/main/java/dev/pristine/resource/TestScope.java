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

package dev.pristine.resource;

import dev.pristine.TestIsolation;

/**
 * A stretch of the test run whose changes are undone together: one test, or one test
 * class with everything that its {@code @BeforeAll} wrote. Scopes nest: a test is inside
 * its class, and a {@code @Nested} class inside its enclosing one.
 *
 * @param name the name of the class or test, such as
 * {@code com.example.OrderTests.placesOrder}
 * @param isolation how the changes inside are undone. For a class: how those are undone
 * that no test of its made
 * @since 0.1.0
 */
public record TestScope(String name, TestIsolation isolation) {

}
