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

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

@Component
class AuditTrail {

	private final JdbcClient jdbc;

	AuditTrail(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	void add(String actor, String action, String target, String outcome) {
		this.jdbc.sql("insert into audit (actor, action, target, outcome) values (?, ?, ?, ?)")
			.params(actor, action, target, outcome)
			.update();
	}

	/**
	 * Add an entry that stays when the caller's transaction is rolled back.
	 */
	@Transactional(propagation = Propagation.REQUIRES_NEW)
	void addForGood(String actor, String action, String target, String outcome) {
		add(actor, action, target, outcome);
	}

}
