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
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.opa.OpaConnection.Answer;

/**
 * Requests to one OPA, from as many threads as there are.
 */
class OpaHttp implements AutoCloseable {

	/**
	 * Numbers survive being read and written back.
	 */
	static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private final URI url;

	private final @Nullable String token;

	private final Deque<OpaConnection> idle = new ConcurrentLinkedDeque<>();

	OpaHttp(OpaConnectionDetails details) {
		this(details.getUrl(), details.getToken());
	}

	OpaHttp(URI url, @Nullable String token) {
		this.url = url;
		this.token = token;
	}

	/**
	 * Return whether an OPA answers.
	 * @param url its base URL
	 * @return {@code false} if it has not started yet
	 */
	static boolean answers(URI url) {
		try (OpaHttp http = new OpaHttp(url, null)) {
			http.get("/health");
			return true;
		}
		catch (OpaException ex) {
			return false;
		}
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
		return send(OpaRequest.get(path)).json(0);
	}

	String getText(String path) {
		return send(OpaRequest.get(path)).text(0);
	}

	JsonNode post(String path, JsonNode body) {
		return send(OpaRequest.post(path, body)).json(0);
	}

	JsonNode put(String path, JsonNode body) {
		return send(OpaRequest.put(path, body)).json(0);
	}

	JsonNode put(String path, String text) {
		return send(OpaRequest.put(path, text)).json(0);
	}

	JsonNode delete(String path) {
		return send(OpaRequest.delete(path)).json(0);
	}

	/**
	 * Send requests, and do not wait for their answers. OPA answers one after the other.
	 * @param requests the requests
	 * @return what will have the answers
	 * @throws OpaException if OPA cannot be reached
	 */
	Exchange send(OpaRequest... requests) {
		return new Exchange(requests);
	}

	@Override
	public void close() {
		for (OpaConnection each = this.idle.poll(); each != null; each = this.idle.poll()) {
			each.close();
		}
	}

	private void giveBack(OpaConnection connection) {
		if (connection.isOpen()) {
			this.idle.push(connection);
		}
		else {
			connection.close();
		}
	}

	private OpaException unreachable(IOException ex) {
		return new OpaException(0, "OPA does not answer at " + this.url + ": " + ex,
				"Check that it still runs and that the address is right.", ex);
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

	/**
	 * Requests that have been sent together, and their answers.
	 */
	final class Exchange {

		private final OpaRequest[] requests;

		private @Nullable OpaConnection connection;

		private @Nullable List<Answer> answers;

		private boolean repeated;

		private Exchange(OpaRequest[] requests) {
			this.requests = requests;
			OpaConnection connection = OpaHttp.this.idle.poll();
			if (connection != null) {
				try {
					connection.send(requests);
					this.connection = connection;
				}
				catch (IOException ex) {
					connection.close();
				}
			}
			else {
				try {
					this.connection = open(requests);
				}
				catch (IOException ex) {
					throw unreachable(ex);
				}
			}
		}

		/**
		 * Return whether the requests had to be sent again, as the connection had been
		 * lost meanwhile. OPA may have seen them twice.
		 * @return whether they were repeated
		 */
		boolean isRepeated() {
			answers();
			return this.repeated;
		}

		/**
		 * Wait for an answer.
		 * @param index the number of the request, from 0
		 * @return the answer
		 * @throws OpaException if OPA refused the request or cannot be reached
		 */
		JsonNode json(int index) {
			return OpaHttp.this.json(bytes(index));
		}

		String text(int index) {
			return new String(bytes(index), StandardCharsets.UTF_8);
		}

		private byte[] bytes(int index) {
			check(index);
			return answers().get(index).body();
		}

		/**
		 * See that OPA did what a request wants.
		 * @param index the number of the request, from 0
		 * @throws OpaException if OPA refused it or cannot be reached
		 */
		void check(int index) {
			Answer answer = answers().get(index);
			if (answer.status() >= 400) {
				throw refused(answer.status(), this.requests[index].toString(), answer.body());
			}
		}

		private List<Answer> answers() {
			List<Answer> answers = this.answers;
			if (answers == null) {
				answers = receive();
				this.answers = answers;
			}
			return answers;
		}

		private List<Answer> receive() {
			OpaConnection connection = this.connection;
			this.connection = null;
			if (connection != null) {
				try {
					return receive(connection, this.requests.length);
				}
				catch (SocketTimeoutException ex) {
					throw unreachable(ex);
				}
				catch (IOException ex) {
					// Idle connections may have been closed by the server, or are left
					// from one that has been started anew
				}
			}
			this.repeated = true;
			close();
			List<Answer> answers = new ArrayList<>();
			try {
				for (OpaRequest request : this.requests) {
					answers.addAll(receive(open(request), 1));
				}
			}
			catch (IOException ex) {
				throw unreachable(ex);
			}
			return answers;
		}

		private OpaConnection open(OpaRequest... requests) throws IOException {
			OpaConnection connection = OpaConnection.open(OpaHttp.this.url, OpaHttp.this.token);
			try {
				connection.send(requests);
			}
			catch (IOException ex) {
				connection.close();
				throw ex;
			}
			return connection;
		}

		private List<Answer> receive(OpaConnection connection, int count) throws IOException {
			List<Answer> answers = new ArrayList<>(count);
			try {
				while (answers.size() < count) {
					answers.add(connection.receive());
				}
				giveBack(connection);
				return answers;
			}
			catch (IOException | NumberFormatException ex) {
				connection.close();
				throw (ex instanceof IOException io) ? io : new IOException("no answer of an HTTP server", ex);
			}
		}

	}

}
