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

package dev.pristine.redis;

import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

import dev.pristine.resource.ResourceException;

/**
 * Where a Redis server listens and how to log in.
 *
 * @param host the host
 * @param port the port
 * @param username the user, or {@code null} for the default one
 * @param password the password, or {@code null} if there is none
 * @param ssl the SSL bundle, or {@code null} for a plain connection
 * @param number the number of the database to use, or {@code null} if none is named
 */
record RedisAddress(String host, int port, @Nullable String username, @Nullable String password,
		@Nullable SslBundle ssl, @Nullable Integer number) {

	// Not a URI, which knows no host names with an underscore, as Docker Compose makes
	// them
	private static final Pattern PATTERN = Pattern
		.compile("redis(?<ssl>s)?://(?:(?:(?<user>[^:@/]*):)?(?<password>[^@/]*)@)?"
				+ "(?<host>\\[[^]]+]|[^:/@\\[]+)(?::(?<port>\\d{1,5}))?(?:/(?<number>\\d{1,5})?)?");

	private static final int DEFAULT_PORT = 6379;

	static RedisAddress of(String url) {
		Matcher matcher = PATTERN.matcher(url);
		if (!matcher.matches()) {
			// It may hold a password
			throw new ResourceException("The value of 'pristine.redis.url' is not the address of a Redis server.",
					"Write it as redis://user:password@host:6379/1, or with rediss for SSL; all but the host may be left out.");
		}
		String port = matcher.group("port");
		String number = matcher.group("number");
		return new RedisAddress(matcher.group("host"), (port != null) ? Integer.parseInt(port) : DEFAULT_PORT,
				decode(matcher.group("user")), decode(matcher.group("password")),
				(matcher.group("ssl") != null) ? SslBundle.systemDefault() : null,
				(number != null) ? Integer.valueOf(number) : null);
	}

	/**
	 * Write connection details as a URL.
	 * @param details the details of a standalone server
	 * @return the URL
	 */
	static String url(DataRedisConnectionDetails details) {
		Standalone server = server(details);
		String password = (details.getPassword() != null) ? ":" + encode(details.getPassword()) + "@" : "";
		String user = (details.getUsername() != null) ? encode(details.getUsername()) : "";
		return ((details.getSslBundle() != null) ? "rediss" : "redis") + "://" + user + password + server.getHost()
				+ ":" + server.getPort() + "/" + server.getDatabase();
	}

	static Standalone server(DataRedisConnectionDetails details) {
		Standalone server = details.getStandalone();
		Assert.state(server != null, "Only the address of a standalone Redis can be exported");
		return server;
	}

	/**
	 * Secure a connection to the server if it asks for that.
	 * @param socket the connection
	 * @return the connection to use
	 * @throws IOException if the server is not who it should be
	 */
	Socket secure(Socket socket) throws IOException {
		if (this.ssl == null) {
			return socket;
		}
		SSLSocket secure = (SSLSocket) this.ssl.createSslContext()
			.getSocketFactory()
			.createSocket(socket, this.host, this.port, true);
		// Unlike HTTPS, a bare SSL socket accepts the certificate of any host
		SSLParameters parameters = secure.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		secure.setSSLParameters(parameters);
		secure.startHandshake();
		return secure;
	}

	private static String encode(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
	}

	private static @Nullable String decode(@Nullable String value) {
		return StringUtils.hasLength(value) ? StringUtils.uriDecode(value, StandardCharsets.UTF_8) : null;
	}

	@Override
	public String toString() {
		return this.host + ":" + this.port;
	}

}
