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

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;

/**
 * A program that starts a server and waits to be killed.
 */
public final class EmbeddedPostgresMain {

	private EmbeddedPostgresMain() {
	}

	public static void main(String[] arguments) throws Exception {
		PostgresServer server = EmbeddedServer.start(arguments);
		try (Connection connection = server.connect(server.url("postgres"));
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SHOW data_directory")) {
			result.next();
			System.out.println("data " + result.getString(1));
			System.out.println("pid " + ProcessHandle.current().pid());
		}
		Thread.sleep(Duration.ofMinutes(2).toMillis());
	}

}
