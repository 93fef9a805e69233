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

package dev.pristine.isolation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * {@link TestResource} that records what is asked of it, and fails where it is told to.
 */
class RecordingResource implements TestResource {

	private static final List<String> events = new CopyOnWriteArrayList<>();

	private static final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final String name;

	private volatile boolean usable = true;

	RecordingResource(String name) {
		this.name = name;
	}

	static void clear() {
		events.clear();
		failing.clear();
	}

	static List<String> events() {
		return List.copyOf(events);
	}

	static void record(String event) {
		events.add(event);
	}

	/**
	 * Have an event fail, once.
	 * @param event the event, as it is recorded
	 */
	static void failOn(String event) {
		failing.add(event);
	}

	void makeUnusable() {
		this.usable = false;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public ResourceLease<?> lease(int slot) {
		if (!isUnnamed()) {
			happen("lease " + slot);
		}
		return new Lease();
	}

	/**
	 * Return whether only what the tests of the listener are about is recorded.
	 */
	private boolean isUnnamed() {
		return this.name.isEmpty();
	}

	private void happen(String event) {
		String named = (this.name.isEmpty()) ? event : this.name + ": " + event;
		record(named);
		if (failing.remove(named)) {
			throw new ResourceException(named + " failed", "Do not ask for it");
		}
	}

	private static String describe(TestScope scope) {
		String name = scope.name().substring(scope.name().lastIndexOf('$') + 1);
		boolean mode = name.contains(".") && scope.isolation() != TestIsolation.TRANSACTION;
		return mode ? name + " " + scope.isolation() : name;
	}

	private final class Lease implements ResourceLease<Integer> {

		private final Map<String, String> entered = new ConcurrentHashMap<>();

		private int captured;

		@Override
		public @Nullable String refusal(TestIsolation isolation) {
			return (isolation == TestIsolation.SCHEMA) ? "it has no schemas. Use another one." : null;
		}

		@Override
		public Integer capture() {
			if (!isUnnamed()) {
				happen("capture " + this.captured);
				return this.captured++;
			}
			if (this.captured++ == 0) {
				happen("baseline");
			}
			return 0;
		}

		@Override
		public void enter(TestScope scope) {
			this.entered.put(scope.name(), describe(scope));
			happen("prepare " + describe(scope));
		}

		@Override
		public void restore(Integer state, String culprit) {
			String scope = this.entered.remove(culprit);
			if (scope != null || !isUnnamed()) {
				happen((scope != null) ? "reset " + scope : "restore " + state);
			}
		}

		@Override
		public boolean isUsable() {
			return RecordingResource.this.usable;
		}

		@Override
		public void close() {
			happen("close");
		}

	}

}
