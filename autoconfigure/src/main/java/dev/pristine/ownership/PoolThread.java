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

package dev.pristine.ownership;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.security.CodeSource;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells whether a thread serves many tasks, one after the other: who started it says
 * nothing about whom it works for.
 */
final class PoolThread {

	/**
	 * What is at the bottom of the stack of a thread that waits for tasks. Executors that
	 * start a thread for each task are none, and ForkJoinPool has workers of its own.
	 */
	private static final Pattern LOOP = Pattern.compile(
			"(?<!SimpleAsyncTask|ThreadPerTask)Executor(?![A-Za-z])|(?<!ForkJoin)Pool|Worker|EventLoop|Timer|Scheduler"
					+ "|Dispatcher|Poller|Acceptor|Selector");

	/**
	 * Pools of one thread for one call: a timeout of JUnit, a condition of Awaitility.
	 */
	private static final Pattern OF_ONE_TEST = Pattern.compile("(junit-timeout-thread|awaitility).*");

	private static final int DEPTH = 4;

	private static final StackWalker STACK = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);

	private PoolThread() {
	}

	static boolean isCurrent() {
		Thread thread = Thread.currentThread();
		if (OF_ONE_TEST.matcher(thread.getName()).matches()) {
			return false;
		}
		if (isLoop(thread.getClass())) {
			return true;
		}
		List<StackFrame> stack = STACK.walk(Stream::toList);
		for (int i = stack.size() - 1; i >= Math.max(0, stack.size() - DEPTH); i--) {
			StackFrame frame = stack.get(i);
			// What the application calls may be called a timer, but does not loop
			if (isLoop(frame.getDeclaringClass())
					&& (frame.getMethodName().equals("run") || !isOfApplication(stack.subList(i + 1, stack.size())))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isOfApplication(List<StackFrame> callers) {
		return callers.stream().map(StackFrame::getDeclaringClass).anyMatch(PoolThread::isInFolder);
	}

	// The application may call its classes what it likes. They are in folders, but for
	// those of other modules; those of libraries are in archives
	private static boolean isLoop(Class<?> type) {
		return LOOP.matcher(type.getName()).find() && !isInFolder(type);
	}

	private static boolean isInFolder(Class<?> type) {
		CodeSource source = type.getProtectionDomain().getCodeSource();
		return source != null && String.valueOf(source.getLocation()).matches("file:.*/");
	}

}
