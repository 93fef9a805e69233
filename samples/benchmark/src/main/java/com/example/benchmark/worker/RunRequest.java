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

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;

import com.example.benchmark.work.Workload;

/**
 * What a {@link Worker} is asked to do: run a test class, over and over, until the number
 * of tests is reached or the time is up.
 *
 * @param testClass name of the class
 * @param workload the work of each test
 * @param tests highest number of tests
 * @param budget highest duration; a test that has begun is finished
 */
public record RunRequest(String testClass, Workload workload, int tests, Duration budget) {

	/**
	 * Return the same with many times the tests and the time.
	 */
	public RunRequest times(int tests, int budget) {
		return new RunRequest(this.testClass, this.workload, this.tests * tests, this.budget.multipliedBy(budget));
	}

	public void writeTo(DataOutputStream out) throws IOException {
		out.writeUTF(this.testClass);
		out.writeUTF(this.workload.name());
		out.writeInt(this.tests);
		out.writeLong(this.budget.toNanos());
		out.flush();
	}

	static RunRequest readFrom(DataInputStream in) throws IOException {
		return new RunRequest(in.readUTF(), Workload.valueOf(in.readUTF()), in.readInt(),
				Duration.ofNanos(in.readLong()));
	}

}
