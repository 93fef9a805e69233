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

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link Condition} that matches when the application has policies or
 * {@code pristine.opa.enabled} is set.
 */
class OnPoliciesCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Open Policy Agent");
		if (context.getEnvironment().getProperty("pristine.opa.enabled", Boolean.class, false)) {
			return ConditionOutcome.match(message.foundExactly("pristine.opa.enabled"));
		}
		List<String> locations = Binder.get(context.getEnvironment())
			.bind("pristine.opa.policies", Bindable.listOf(String.class))
			.orElse(List.of(OpaProperties.POLICIES));
		boolean found = PolicyFiles.below(locations, context.getResourceLoader()).containPolicies();
		return new ConditionOutcome(found, found ? message.because("policies were found")
				: message.didNotFind("policy", "policies").items(locations));
	}

}
