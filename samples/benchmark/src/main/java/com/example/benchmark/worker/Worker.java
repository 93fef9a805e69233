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
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;

import com.example.benchmark.BenchmarkApplication;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * A JVM that runs the tests of one peer, with the class path that a user of this peer
 * would have. Takes each {@link RunRequest} from the standard input and answers with a
 * {@link RunResult}.
 */
public final class Worker {

	private final Launcher launcher = LauncherFactory.create();

	private Worker() {
	}

	public static void main(String[] args) throws IOException {
		DataInputStream in = new DataInputStream(System.in);
		DataOutputStream out = new DataOutputStream(System.out);
		System.setOut(new PrintStream(System.err, true));
		Worker worker = new Worker();
		try {
			worker.run(RunRequest.readFrom(in), true).writeTo(out);
			while (true) {
				worker.run(RunRequest.readFrom(in), false).writeTo(out);
			}
		}
		catch (EOFException ex) {
			// The benchmark is over
			System.exit(0);
		}
	}

	private RunResult run(RunRequest request, boolean first) {
		LauncherDiscoveryRequest tests = LauncherDiscoveryRequestBuilder.request()
			.selectors(DiscoverySelectors.selectClass(request.testClass()))
			.build();
		SummaryGeneratingListener summary = new SummaryGeneratingListener();
		long heapBefore = heap();
		long launched = first ? System.nanoTime() - uptime() : System.nanoTime();
		TimedRun run = TimedRun.start(request.workload(), request.tests(), request.budget().toNanos());
		this.launcher.execute(tests, summary);
		return new RunResult(failure(summary), launched, run.begins(), run.ends(), heapBefore, heap(),
				BenchmarkApplication.started().toNanos(), BenchmarkApplication.server());
	}

	private static long uptime() {
		return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()).toNanos();
	}

	private static long heap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static String failure(SummaryGeneratingListener summary) {
		StringWriter text = new StringWriter();
		summary.getSummary()
			.getFailures()
			.stream()
			.limit(1)
			.forEach((failure) -> failure.getException().printStackTrace(new PrintWriter(text, true)));
		return text.toString().substring(0, Math.min(text.getBuffer().length(), 10_000));
	}

}
