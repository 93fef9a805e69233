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

package dev.pristine.resource;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What is said once in a run, however many application contexts find it. The state is
 * static because a run is a JVM.
 *
 * @since 0.1.0
 */
public final class Notice {

	private static final Set<String> said = ConcurrentHashMap.newKeySet();

	private Notice() {
	}

	/**
	 * Say something, unless it was said before.
	 * @param log where to, such as {@code logger::warn}
	 * @param message what to say
	 */
	public static void once(Consumer<? super String> log, String message) {
		if (said.add(message)) {
			log.accept(message);
		}
	}

}
