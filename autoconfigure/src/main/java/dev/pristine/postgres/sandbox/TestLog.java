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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What is said about the running test, once for each kind.
 */
final class TestLog {

	private static final Log logger = LogFactory.getLog(TestLog.class);

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private volatile String test = "What comes before the first test";

	/**
	 * Start a test.
	 * @param test its name
	 */
	void enter(String test) {
		this.told.clear();
		this.test = test;
	}

	String test() {
		return this.test;
	}

	/**
	 * Warn of a difference to production.
	 * @param difference the difference, if there is one
	 */
	void warn(@Nullable Difference difference) {
		if (difference != null) {
			warn(difference.name(), difference::message);
		}
	}

	/**
	 * Warn.
	 * @param kind what must not be said twice
	 * @param message what to say
	 */
	void warn(String kind, Supplier<String> message) {
		if (this.told.add(kind)) {
			logger.warn(this.test + ": " + message.get());
		}
	}

}
