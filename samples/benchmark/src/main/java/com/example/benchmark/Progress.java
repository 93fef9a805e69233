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

import java.time.Duration;
import java.time.Instant;

/**
 * Tells the user what is going on.
 */
final class Progress {

	private static final Instant start = Instant.now();

	private Progress() {
	}

	static void print(String message) {
		Duration elapsed = Duration.between(start, Instant.now());
		System.out.printf("%02d:%02d  %s%n", elapsed.toMinutes(), elapsed.toSecondsPart(), message);
	}

}
