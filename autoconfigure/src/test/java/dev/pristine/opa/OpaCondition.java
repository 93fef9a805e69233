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

package dev.pristine.opa;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.launch.SearchPath;
import dev.pristine.launch.UserCache;
import dev.pristine.resource.ResourceException;

/**
 * Enables tests where the program {@code opa} is there, or can be had.
 */
class OpaCondition implements ExecutionCondition {

	private static final Supplier<String> MISSING = SingletonSupplier
		.of(() -> missing(System.getenv("PATH"), UserCache.in(null)));

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		boolean required = Boolean.parseBoolean(System.getenv("OPA_REQUIRED"));
		return evaluate(context.getUniqueId(), MISSING.get(), required);
	}

	static ConditionEvaluationResult evaluate(String test, String missing, boolean required) {
		if (missing.isEmpty()) {
			return ConditionEvaluationResult.enabled("OPA is there");
		}
		if (required) {
			throw new IllegalStateException("OPA_REQUIRED says that " + test + " has to run, but: " + missing);
		}
		// The build tool counts what is skipped, but does not say why
		System.out.println("Skipped: " + test + ": " + missing);
		return ConditionEvaluationResult.disabled(missing);
	}

	/**
	 * Say why there is no OPA.
	 * @param searchPath the directories to look in
	 * @param cache where it may have been put
	 * @return the reason; empty if OPA is there
	 */
	static String missing(@Nullable String searchPath, UserCache cache) {
		OpaProperties properties = Binder.get(new MockEnvironment()).bindOrCreate("pristine.opa", OpaProperties.class);
		try {
			new OpaProgram(properties, () -> cache, new SearchPath(searchPath)).find();
			return "";
		}
		catch (ResourceException ex) {
			return ex.getProblem();
		}
	}

}
