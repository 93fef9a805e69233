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

package com.example.gateway;

import java.util.function.Supplier;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.function.SingletonSupplier;

import dev.pristine.opa.OpaAutoConfiguration;
import dev.pristine.resource.ResourceException;

/**
 * Skips this sample's tests where OPA cannot be had: a bare machine builds the project,
 * too. Your own build needs no such thing.
 */
public class OpaCondition implements ExecutionCondition {

	private static final Supplier<ConditionEvaluationResult> RESULT = SingletonSupplier.of(OpaCondition::evaluate);

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return RESULT.get();
	}

	private static ConditionEvaluationResult evaluate() {
		String[] missing = new String[1];
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(OpaAutoConfiguration.class))
			.run((context) -> missing[0] = missing(context.getStartupFailure()));
		if (missing[0] == null) {
			return ConditionEvaluationResult.enabled("OPA is there");
		}
		if (Boolean.parseBoolean(System.getenv("OPA_REQUIRED"))) {
			throw new IllegalStateException("OPA_REQUIRED says that these tests have to run: " + missing[0]);
		}
		// The build tool counts what is skipped, but does not say why
		System.out.println("Skipped: the tests of the gateway: " + missing[0]);
		return ConditionEvaluationResult.disabled(missing[0]);
	}

	private static String missing(Throwable failure) {
		return (failure != null && NestedExceptionUtils.getMostSpecificCause(failure) instanceof ResourceException cause
				&& cause.getProblem().startsWith("There is no program 'opa'")) ? cause.getProblem() : null;
	}

}
