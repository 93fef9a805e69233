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

package com.example.benchmark.worker;

import com.example.benchmark.work.Workload;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test that every side runs. The clock is read in its first and its last line, so
 * that everything between two tests counts: JUnit, Spring, and the isolation.
 */
@ExtendWith(Repetitions.class)
public abstract class TimedTests {

	@TestTemplate
	protected void test() {
		TimedRun run = TimedRun.current();
		int test = run.begin();
		body(run.workload());
		run.end(test);
	}

	/**
	 * Do the work of the test.
	 * @param workload the work
	 */
	protected abstract void body(Workload workload);

}
