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

package com.example.benchmark;

import com.example.benchmark.work.JdbcSql;
import com.example.benchmark.work.Sql;
import com.example.benchmark.work.Workload;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Does the work of a test in a server thread.
 */
@RestController
class WorkController {

	private final Sql sql;

	WorkController(JdbcTemplate jdbc) {
		this.sql = new JdbcSql(jdbc);
	}

	@PostMapping("/{workload}")
	void run(@PathVariable Workload workload) {
		workload.run(this.sql, true);
	}

}
