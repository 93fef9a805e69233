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

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * A JDBC URL of PostgreSQL.
 *
 * @param authority hosts and ports; empty for the driver's default
 * @param database the name of the database; empty for the driver's default
 * @param parameters what follows the question mark; may be empty
 */
public record PostgresUrl(String authority, String database, String parameters) {

	private static final Pattern PATTERN = Pattern
		.compile("jdbc:postgresql:(?://(?<authority>[^/?@]*))?/?(?<database>[^/?]*)(?:\\?(?<parameters>.*))?");

	private static final Pattern CREDENTIALS = Pattern.compile("//[^/?]*@");

	static PostgresUrl of(String host, int port, String database) {
		return new PostgresUrl(host + ":" + port, database, "");
	}

	public static PostgresUrl parse(String url) {
		Matcher matcher = PATTERN.matcher(url.strip());
		if (!matcher.matches()) {
			throw new ResourceException(
					"'%s' is not a JDBC URL of PostgreSQL.".formatted(CREDENTIALS.matcher(url).replaceFirst("//")),
					"Give one such as 'jdbc:postgresql://localhost:5432/postgres', with no user before the host.");
		}
		return new PostgresUrl(Objects.requireNonNullElse(matcher.group("authority"), ""),
				URLDecoder.decode(matcher.group("database"), StandardCharsets.UTF_8),
				Objects.requireNonNullElse(matcher.group("parameters"), ""));
	}

	PostgresUrl withDatabase(String database) {
		return new PostgresUrl(this.authority, database, this.parameters);
	}

	/**
	 * Add a parameter unless the URL has it.
	 * @param name the name
	 * @param value the value
	 * @return the URL with the parameter
	 */
	PostgresUrl with(String name, String value) {
		if (("&" + this.parameters).contains("&" + name + "=")) {
			return this;
		}
		String parameter = name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
		return new PostgresUrl(this.authority, this.database,
				this.parameters.isEmpty() ? parameter : this.parameters + "&" + parameter);
	}

	/**
	 * Return a parameter.
	 * @param name the name
	 * @return its value, or {@code null} if the URL does not have it
	 */
	@Nullable String parameter(String name) {
		return Arrays.stream(this.parameters.split("&"))
			.filter((parameter) -> parameter.startsWith(name + "="))
			.map((parameter) -> URLDecoder.decode(parameter.substring(name.length() + 1), StandardCharsets.UTF_8))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Remove a parameter.
	 * @param name the name
	 * @return the URL without the parameter
	 */
	PostgresUrl without(String name) {
		String rest = Arrays.stream(this.parameters.split("&"))
			.filter((parameter) -> !parameter.startsWith(name + "="))
			.collect(Collectors.joining("&"));
		return new PostgresUrl(this.authority, this.database, rest);
	}

	/**
	 * Add what all connections of tests need: a login with a bound. What stands in a URL
	 * goes before the properties of a pool.
	 * @return the URL with the parameter
	 */
	PostgresUrl forTests() {
		return with("loginTimeout", "20");
	}

	/**
	 * Write the address as it may be seen in a log.
	 * @return the URL without a password
	 */
	public String toMessage() {
		return without("password").toString();
	}

	/**
	 * Write the address as clients other than JDBC do.
	 * @param username the user, or {@code null}
	 * @param password the password, or {@code null}
	 * @return a connection URI of libpq, with the schema if the URL has one
	 */
	public String toUri(@Nullable String username, @Nullable String password) {
		String credentials = (username != null)
				? encode(username) + ((password != null) ? ":" + encode(password) : "") + "@" : "";
		String schema = parameter("currentSchema");
		return "postgresql://" + credentials + this.authority + "/" + encode(this.database)
				+ ((schema != null) ? "?options=-csearch_path%3D" + encode(schema) : "");
	}

	private static String encode(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
	}

	@Override
	public String toString() {
		String start = "jdbc:postgresql:" + (this.authority.isEmpty() ? "" : "//" + this.authority + "/");
		String path = URLEncoder.encode(this.database, StandardCharsets.UTF_8);
		return start + path + (this.parameters.isEmpty() ? "" : "?" + this.parameters);
	}

}
