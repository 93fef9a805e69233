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

package dev.pristine.opa;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests to one OPA. It uses the plain {@link HttpURLConnection}, because the reset of
 * every test waits for the answer: 0.1 ms, where {@link java.net.http.HttpClient} takes
 * 0.3 ms.
 */
class OpaHttp {

	/**
	 * Numbers survive being read and written back.
	 */
	static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(6);

	private final URI url;

	private final @Nullable String token;

	OpaHttp(OpaConnectionDetails details) {
		this(details.getUrl(), details.getToken());
	}

	OpaHttp(URI url, @Nullable String token) {
		this.url = url;
		this.token = token;
	}

	/**
	 * Turn a path that users write, such as {@code authz/allow}, into one for a URL.
	 * @param path the path, with or without a slash at its start
	 * @return the encoded path: empty, or with a slash at its start
	 */
	static String encode(String path) {
		return Arrays.stream(StringUtils.tokenizeToStringArray(path, "/"))
			.map((segment) -> "/" + URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
			.collect(Collectors.joining());
	}

	JsonNode get(String path) {
		return exchange("GET", path, null, null);
	}

	String getText(String path) {
		return new String(answer("GET", path, null, null), StandardCharsets.UTF_8);
	}

	JsonNode post(String path, JsonNode body) {
		return exchange("POST", path, "application/json", JSON.writeValueAsBytes(body));
	}

	JsonNode put(String path, JsonNode body) {
		return exchange("PUT", path, "application/json", JSON.writeValueAsBytes(body));
	}

	JsonNode put(String path, String text) {
		return exchange("PUT", path, "text/plain", text.getBytes(StandardCharsets.UTF_8));
	}

	JsonNode delete(String path) {
		return exchange("DELETE", path, null, null);
	}

	private JsonNode exchange(String method, String path, @Nullable String contentType, byte @Nullable [] body) {
		return json(answer(method, path, contentType, body));
	}

	private byte[] answer(String method, String path, @Nullable String contentType, byte @Nullable [] body) {
		int status;
		byte[] answer;
		try {
			HttpURLConnection connection = open(method, path);
			if (body != null) {
				connection.setRequestProperty("Content-Type", contentType);
				connection.setDoOutput(true);
				connection.setFixedLengthStreamingMode(body.length);
				try (OutputStream out = connection.getOutputStream()) {
					out.write(body);
				}
			}
			status = connection.getResponseCode();
			try (InputStream in = (status < 400) ? connection.getInputStream() : connection.getErrorStream()) {
				answer = (in != null) ? in.readAllBytes() : new byte[0];
			}
		}
		catch (IOException ex) {
			throw new OpaException(0, "OPA does not answer at " + this.url + ": " + ex,
					"Check that it still runs and that the address is right.", ex);
		}
		if (status >= 400) {
			throw refused(status, method + " " + path, answer);
		}
		return answer;
	}

	private HttpURLConnection open(String method, String path) throws IOException {
		String base = StringUtils.trimTrailingCharacter(this.url.toString(), '/');
		HttpURLConnection connection = (HttpURLConnection) URI.create(base + path)
			.toURL()
			.openConnection(Proxy.NO_PROXY);
		connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
		connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
		connection.setInstanceFollowRedirects(false);
		connection.setRequestMethod(method);
		if (this.token != null) {
			connection.setRequestProperty("Authorization", "Bearer " + this.token);
		}
		return connection;
	}

	private JsonNode json(byte[] answer) {
		try {
			return JSON.readTree(answer);
		}
		catch (JacksonException ex) {
			throw new OpaException(0, "What answers at " + this.url + " is not OPA: " + ex.getOriginalMessage(),
					"Check the address.", ex);
		}
	}

	private OpaException refused(int status, String request, byte[] answer) {
		String problem = "OPA at " + this.url + " refused " + request + " (" + status + "): " + text(answer);
		String action = switch (status) {
			case 401, 403 -> (this.token != null) ? "Correct the token (pristine.opa.token)."
					: "OPA wants a token: set pristine.opa.token.";
			case 404 -> "Check the path or name.";
			default -> "Correct what OPA complains about.";
		};
		return new OpaException(status, problem, action, null);
	}

	private static String text(byte[] answer) {
		try {
			JsonNode json = JSON.readTree(answer);
			StringBuilder text = new StringBuilder(json.path("message").asString());
			for (JsonNode error : json.path("errors")) {
				JsonNode location = error.path("location");
				text.append(System.lineSeparator()).append("  ");
				if (location.has("file")) {
					text.append(location.get("file").asString()).append(':').append(location.path("row")).append(": ");
				}
				text.append(error.path("code").asString()).append(": ").append(error.path("message").asString());
				if (error.path("details").has("line")) {
					text.append(System.lineSeparator())
						.append("    ")
						.append(error.path("details").get("line").asString().strip());
				}
			}
			return text.toString();
		}
		catch (JacksonException ex) {
			return new String(answer, StandardCharsets.UTF_8);
		}
	}

}
