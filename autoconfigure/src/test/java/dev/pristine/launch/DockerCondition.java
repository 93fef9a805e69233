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

package dev.pristine.launch;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whether a {@link DockerTest} can run.
 */
class DockerCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		boolean required = Boolean.parseBoolean(System.getenv("DOCKER_REQUIRED"));
		return evaluate(context.getUniqueId(), DockerEngine.get(), required);
	}

	static ConditionEvaluationResult evaluate(String test, DockerEngine engine, boolean required) {
		if (engine.answers()) {
			return ConditionEvaluationResult.enabled(engine.reason());
		}
		if (required) {
			throw new IllegalStateException("DOCKER_REQUIRED says that " + test + " has to run, but " + engine.reason()
					+ ". Start one, or unset the variable.");
		}
		// The build tool counts what is skipped, but does not say why
		System.out.println("Skipped: " + test + ": " + engine.reason());
		return ConditionEvaluationResult.disabled(engine.reason());
	}

}
