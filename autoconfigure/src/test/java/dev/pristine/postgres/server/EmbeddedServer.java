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

package dev.pristine.postgres.server;

import org.springframework.mock.env.MockEnvironment;

import dev.pristine.launch.UserCache;

/**
 * Starts an embedded server for a test, with properties.
 */
final class EmbeddedServer {

	private EmbeddedServer() {
	}

	/**
	 * Return the property for a cache that need not have the programs unpacked again.
	 */
	static String programs() {
		return "pristine.postgres.executable="
				+ PostgresPrograms.find(null, null, UserCache.in(null)).program("postgres");
	}

	static PostgresServer start(String... properties) {
		MockEnvironment environment = new MockEnvironment().withProperty("pristine.launch", "embedded");
		for (String property : properties) {
			String[] parts = property.split("=", 2);
			environment.setProperty(parts[0], parts[1]);
		}
		return new PostgresLaunch(PostgresProperties.from(environment), environment).start();
	}

}
