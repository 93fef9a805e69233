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

import java.util.Map;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Asks Open Policy Agent whether a user may do something.
 */
@Component
class AccessPolicy {

	private final RestClient opa;

	private final AuditTrail audit;

	AccessPolicy(RestClient.Builder builder, GatewayProperties properties, AuditTrail audit) {
		this.opa = builder.baseUrl(properties.opaUrl().toString()).build();
		this.audit = audit;
	}

	void check(Session session, String action, Server server) {
		if (!isAllowed(session, action, server.sensitivity())) {
			this.audit.add(session.user(), action, server.name(), "DENIED");
			throw new AccessDeniedException(session.user() + " may not " + action + " " + server.name());
		}
	}

	boolean isAllowed(Session session, String action, Sensitivity sensitivity) {
		Map<String, ?> input = Map.of("role", session.role(), "action", action, "sensitivity", sensitivity);
		Decision decision = this.opa.post()
			.uri("/v1/data/gateway/authz/allow")
			.body(Map.of("input", input))
			.retrieve()
			.body(Decision.class);
		return decision != null && Boolean.TRUE.equals(decision.result());
	}

	record Decision(Boolean result) {

	}

}
