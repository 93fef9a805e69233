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

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

import dev.pristine.resource.ResourceException;

/**
 * The address of a server and a database number, as a URL writes them.
 *
 * @param address the address
 * @param database the number, 0 if the URL has none
 */
record RedisUrl(RedisAddress address, int database) {

	private static final int DEFAULT_PORT = 6379;

	static RedisUrl of(String url) {
		try {
			URI uri = new URI(url);
			String host = uri.getHost();
			boolean ssl = "rediss".equals(uri.getScheme());
			if (host == null || !(ssl || "redis".equals(uri.getScheme()))) {
				throw invalid(null);
			}
			String[] credentials = StringUtils.hasLength(uri.getUserInfo()) ? uri.getUserInfo().split(":", 2)
					: new String[0];
			RedisAddress address = new RedisAddress(host, (uri.getPort() != -1) ? uri.getPort() : DEFAULT_PORT,
					(credentials.length == 2) ? emptyToNull(credentials[0]) : null,
					(credentials.length > 0) ? credentials[credentials.length - 1] : null,
					ssl ? SslBundle.systemDefault() : null);
			String path = StringUtils.trimLeadingCharacter(String.valueOf(uri.getPath()), '/');
			return new RedisUrl(address, path.isEmpty() ? 0 : Integer.parseInt(path));
		}
		catch (URISyntaxException | NumberFormatException ex) {
			throw invalid(ex);
		}
	}

	/**
	 * Write connection details as a URL.
	 * @param details the details of a standalone server
	 * @return the URL
	 */
	static String of(DataRedisConnectionDetails details) {
		Standalone server = details.getStandalone();
		Assert.state(server != null, "Only the address of a standalone Redis can be exported");
		String password = (details.getPassword() != null) ? ":" + encode(details.getPassword()) + "@" : "";
		String user = (details.getUsername() != null) ? encode(details.getUsername()) : "";
		return ((details.getSslBundle() != null) ? "rediss" : "redis") + "://" + user + password + server.getHost()
				+ ":" + server.getPort() + "/" + server.getDatabase();
	}

	private static String encode(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
	}

	private static @Nullable String emptyToNull(String value) {
		return value.isEmpty() ? null : value;
	}

	// The URL may hold a password
	private static ResourceException invalid(@Nullable Exception cause) {
		return new ResourceException("The value of pristine.redis.url is not the address of a Redis server.",
				"Write it as redis://user:password@host:6379/0, or with rediss for SSL; all but the host may be left out.",
				cause);
	}

}
