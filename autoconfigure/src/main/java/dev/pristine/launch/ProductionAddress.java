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

import java.util.regex.Pattern;

/**
 * Tells addresses where tests had better not go.
 */
final class ProductionAddress {

	private static final Pattern PART = Pattern.compile("(?i)(?<![a-z0-9])(prod|production|live)(?![a-z0-9])");

	private ProductionAddress() {
	}

	/**
	 * Return whether an address looks like production: one of its parts is named so, such
	 * as {@code db.prod.example.com}.
	 * @param address host names, and whatever else may tell, such as the name of a
	 * database
	 * @return whether to ask before tests go there
	 */
	static boolean matches(String address) {
		return PART.matcher(address).find();
	}

}
