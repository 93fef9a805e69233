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

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link AbstractFailureAnalyzer} for a {@link ResourceException} at start-up. First, as
 * others would explain what it has caused.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class ResourceFailureAnalyzer extends AbstractFailureAnalyzer<ResourceException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ResourceException cause) {
		return new FailureAnalysis(cause.getProblem(), cause.getAction(), cause);
	}

}
