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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import dev.pristine.launch.Launch;

/**
 * Properties of the PostgreSQL server.
 *
 * @param enabled Whether Pristine provides the database. If not, 'spring.datasource.url'
 * is used.
 * @param launch How Pristine gets the server. By default as 'pristine.launch' says.
 * @param image Image of the container. Any that takes the environment variables and the
 * command of the official one.
 * @param executable Program 'postgres' of the embedded server, with 'initdb' beside it.
 * By default the one on the class path, else one that the system has.
 * @param port Port of the loopback interface for the server that Pristine starts. By
 * default a free one.
 * @param locale Locale of the server that Pristine starts. By default that of the image
 * and, for the embedded server, 'en_US.utf8' as in the official image.
 * @param dataDirectory Folder for the data of the embedded server. By default in memory,
 * if there is enough.
 * @param settings Server parameters for the embedded server and the container, such as
 * 'wal_level'.
 * @param url JDBC URL of an external server.
 * @param username User of the external server.
 * @param password Password of that user, or of 'postgres' on the server that Pristine
 * starts, which has a random one by default.
 * @param disposable Whether everything may be deleted in a database that was not created
 * for the tests, and an external server be used although its address looks like one of
 * production.
 * @param templates Whether the outcome of the migrations of Flyway or Liquibase is kept,
 * so that they run once and not for each application context.
 * @param lockTimeout How long a thread waits for the connection of a test in TRANSACTION
 * mode, and a reset for the locks of other sessions.
 * @param resetTimeout How long the server may take to answer a reset.
 * @param exportTo Properties of the application that get the address of the database, as
 * a URI with user and password, for clients other than JDBC.
 */
@ConfigurationProperties("pristine.postgres")
public record PostgresProperties(@DefaultValue("true") boolean enabled, @Nullable Launch launch,
		@DefaultValue("postgres:18.6") String image, @Nullable Path executable, @DefaultValue("0") int port,
		@Nullable String locale, @Nullable Path dataDirectory, @DefaultValue Map<String, String> settings,
		@Nullable String url, @Nullable String username, @Nullable String password,
		@DefaultValue("false") boolean disposable, @DefaultValue("true") boolean templates,
		@DefaultValue("5s") Duration lockTimeout, @DefaultValue("10s") Duration resetTimeout,
		@DefaultValue List<String> exportTo) {

	// An empty value is one that nobody has set, such as a secret of another branch
	public PostgresProperties {
		url = StringUtils.hasText(url) ? url : null;
		username = StringUtils.hasText(username) ? username : null;
		password = StringUtils.hasText(password) ? password : null;
	}

	public static PostgresProperties from(Environment environment) {
		return Binder.get(environment).bindOrCreate("pristine.postgres", PostgresProperties.class);
	}

}
