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

package com.example.benchmark.side;

import com.example.benchmark.BenchmarkApplication;
import com.example.benchmark.work.JdbcSql;
import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.TimedTests;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Works in the thread of the test, through the application's {@code DataSource}.
 */
@SpringBootTest(classes = BenchmarkApplication.class, webEnvironment = WebEnvironment.NONE)
abstract class SpringTests extends TimedTests {

	@Autowired
	private JdbcTemplate jdbc;

	@Override
	protected void body(Workload workload) {
		workload.run(new JdbcSql(this.jdbc), isolated());
	}

	boolean isolated() {
		return true;
	}

	JdbcTemplate jdbc() {
		return this.jdbc;
	}

}
