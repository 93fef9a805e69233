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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The server parameters with which tests run fast. Nothing of what they give up matters
 * to data that nobody keeps.
 */
final class PostgresSettings {

	private final Map<String, String> values = new LinkedHashMap<>();

	PostgresSettings(Map<String, String> configured) {
		this.values.put("fsync", "off");
		this.values.put("synchronous_commit", "off");
		this.values.put("full_page_writes", "off");
		// Spring keeps up to 32 contexts with a pool each. More cost time whenever the
		// server looks through all of them, as it does for pg_locks
		this.values.put("max_connections", "400");
		this.values.put("shared_buffers", "128MB");
		this.values.put("max_wal_size", "256MB");
		this.values.put("checkpoint_timeout", "1h");
		this.values.put("jit", "off");
		this.values.putAll(configured);
	}

	/**
	 * Return the arguments of the {@code postgres} command.
	 * @return pairs of {@code -c} and {@code name=value}
	 */
	List<String> arguments() {
		List<String> arguments = new ArrayList<>();
		this.values.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
		return arguments;
	}

}
