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

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

import dev.pristine.resource.ResourceException;

/**
 * Whether an {@link OpaTest} can run. Found out once, as it may mean to build OPA.
 */
class OpaCondition implements ExecutionCondition {

	private static final @Nullable String absence = absence();

	private static @Nullable String absence() {
		try {
			TestOpa.program();
			return null;
		}
		catch (ResourceException ex) {
			// The build tool counts what is skipped, but does not say why
			System.out.println("Tests of OPA are skipped: " + ex.getMessage());
			return ex.getMessage();
		}
	}

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return (absence == null) ? ConditionEvaluationResult.enabled("there is an OPA")
				: ConditionEvaluationResult.disabled(absence);
	}

}
