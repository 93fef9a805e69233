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

package dev.pristine.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The server parameters with which tests run fast. Nothing of what they give up matters
 * to data that nobody keeps.
 */
final class PostgresSettings {

	private PostgresSettings() {
	}

	static Map<String, String> forTests() {
		Map<String, String> settings = new LinkedHashMap<>();
		settings.put("fsync", "off");
		settings.put("synchronous_commit", "off");
		settings.put("full_page_writes", "off");
		settings.put("max_connections", "300");
		settings.put("shared_buffers", "128MB");
		settings.put("max_wal_size", "256MB");
		settings.put("checkpoint_timeout", "1h");
		settings.put("jit", "off");
		// Passwords are random: many rounds would only slow each connection down
		settings.put("scram_iterations", "1");
		return settings;
	}

}
