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

package dev.pristine.launch;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells addresses where tests had better not go.
 *
 * @since 0.1.0
 */
public final class ProductionAddress {

	private static final Set<String> WORDS = Set.of("prod", "production", "live");

	private static final Pattern SEPARATOR = Pattern.compile("[^a-z0-9]+");

	private ProductionAddress() {
	}

	/**
	 * Return whether an address looks like production: one of its parts is named so, such
	 * as {@code db.prod.example.com}.
	 * @param address host names, and whatever else may tell, such as the name of a
	 * database
	 * @return whether to ask before tests go there
	 */
	public static boolean matches(String address) {
		return SEPARATOR.splitAsStream(address.toLowerCase(Locale.ROOT)).anyMatch(WORDS::contains);
	}

}
