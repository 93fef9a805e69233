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

package dev.pristine.isolation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.pristine.TestIsolation;

/**
 * Properties of the isolation engine.
 *
 * @param mode Isolation of tests that have no @IsolationMode. By default truncate, or
 * transaction where nothing may be deleted from the database.
 * @param waitTimeout How long a test waits while no other test of its application context
 * gets any further.
 * @param slots How many classes and tests of one application context run at the same time
 * where JUnit runs tests in parallel. By default three times JUnit's parallelism; 1 makes
 * them take turns.
 */
@ConfigurationProperties("pristine.isolation")
record IsolationProperties(@Nullable TestIsolation mode, @DefaultValue("2m") Duration waitTimeout,
		@Nullable Integer slots) {

}
