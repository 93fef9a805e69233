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
import java.util.stream.LongStream;

/**
 * What a {@link Worker} has measured in one run.
 *
 * @param failure the first failure, or an empty string
 * @param launched when the run was started, on the worker's clock of nanoseconds; for the
 * first one, when its JVM was
 * @param begins when each test body began
 * @param ends when each test body ended
 * @param heapBefore bytes in use before the run, after a garbage collection
 * @param heapAfter bytes in use after the run, after a garbage collection
 * @param contextStart how long the last application context took to start, in nanoseconds
 * @param server address of the database server that the tests used
 */
public record RunResult(String failure, long launched, long[] begins, long[] ends, long heapBefore, long heapAfter,
		long contextStart, ServerAddress server) {

	/**
	 * Return the times between the end of a test body and the start of the next.
	 */
	public LongStream gaps() {
		return LongStream.range(1, this.begins.length).map((i) -> this.begins[(int) i] - this.ends[(int) i - 1]);
	}

	/**
	 * Return the times from the start of a test body to the start of the next.
	 */
	public LongStream periods() {
		return LongStream.range(1, this.begins.length).map((i) -> this.begins[(int) i] - this.begins[(int) i - 1]);
	}

	/**
	 * Return the durations of the test bodies.
	 */
	public LongStream bodies() {
		return LongStream.range(0, this.begins.length).map((i) -> this.ends[(int) i] - this.begins[(int) i]);
	}

	/**
	 * Return the time from the launch to the first test body.
	 */
	public long start() {
		return this.begins[0] - this.launched;
	}

	/**
	 * Return the time from the launch to the end of the last test body.
	 */
	public long whole() {
		return LongStream.of(this.ends).max().orElseThrow() - this.launched;
	}

	void writeTo(DataOutputStream out) throws IOException {
		out.writeUTF(this.failure);
		out.writeLong(this.launched);
		out.writeInt(this.begins.length);
		for (int i = 0; i < this.begins.length; i++) {
			out.writeLong(this.begins[i]);
			out.writeLong(this.ends[i]);
		}
		out.writeLong(this.heapBefore);
		out.writeLong(this.heapAfter);
		out.writeLong(this.contextStart);
		this.server.writeTo(out);
		out.flush();
	}

	public static RunResult readFrom(DataInputStream in) throws IOException {
		String failure = in.readUTF();
		long launched = in.readLong();
		int count = in.readInt();
		long[] begins = new long[count];
		long[] ends = new long[count];
		for (int i = 0; i < count; i++) {
			begins[i] = in.readLong();
			ends[i] = in.readLong();
		}
		return new RunResult(failure, launched, begins, ends, in.readLong(), in.readLong(), in.readLong(),
				ServerAddress.readFrom(in));
	}

}
