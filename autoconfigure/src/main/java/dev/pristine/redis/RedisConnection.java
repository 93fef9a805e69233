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

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks RESP2, the protocol of Redis, and sends many commands in one
 * round trip. It serves Pristine alone: it needs neither Lettuce nor Jedis and never
 * shows in the application's metrics.
 */
final class RedisConnection implements AutoCloseable {

	private static final byte[] END = { '\r', '\n' };

	private static final int TIMEOUT = (int) Duration.ofSeconds(10).toMillis();

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private int unanswered;

	private RedisConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
		this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
	}

	/**
	 * Connect and log in.
	 * @param address the server
	 * @return the connection
	 * @throws IOException if the server cannot be reached, does not answer in time or
	 * refuses the login
	 */
	static RedisConnection open(RedisAddress address) throws IOException {
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(TIMEOUT);
			socket.connect(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), TIMEOUT);
			RedisConnection connection = new RedisConnection(address.secure(socket));
			if (address.password() != null) {
				connection
					.call(Stream.of("AUTH", address.username(), address.password()).filter(Objects::nonNull).toArray());
			}
			connection.call("PING");
			return connection;
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

	/**
	 * Send one command and wait for its reply.
	 * @param command its parts, as {@code String}, {@code byte[]} or number
	 * @return the reply: {@code String} (a status), {@code byte[]}, {@code Long},
	 * {@code List} or {@code null}
	 * @throws IOException if the reply is an error or there is none
	 */
	@Nullable Object call(Object... command) throws IOException {
		List<@Nullable Object> replies = ask(command).replies();
		if (replies.get(replies.size() - 1) instanceof ErrorReply error) {
			throw error;
		}
		return replies.get(replies.size() - 1);
	}

	/**
	 * Add a command to those that travel together.
	 * @param command its parts
	 * @return this connection
	 * @throws IOException if the connection is lost
	 */
	RedisConnection ask(Object... command) throws IOException {
		header('*', command.length);
		for (Object part : command) {
			byte[] bytes = (part instanceof byte[] raw) ? raw : part.toString().getBytes(StandardCharsets.UTF_8);
			header('$', bytes.length);
			this.out.write(bytes);
			this.out.write(END);
		}
		this.unanswered++;
		return this;
	}

	private void header(char type, int length) throws IOException {
		this.out.write((type + Integer.toString(length)).getBytes(StandardCharsets.US_ASCII));
		this.out.write(END);
	}

	/**
	 * Send what was asked, and do not wait for the replies.
	 * @throws IOException if the connection is lost
	 */
	void send() throws IOException {
		this.out.flush();
	}

	boolean isUnanswered() {
		return this.unanswered > 0;
	}

	/**
	 * Send what was asked and wait for all replies that are not read yet.
	 * @return the replies; an error is an {@link ErrorReply} among them
	 * @throws IOException if the connection is lost or there is no reply in time
	 */
	List<@Nullable Object> replies() throws IOException {
		send();
		List<@Nullable Object> replies = array(this.unanswered);
		this.unanswered = 0;
		return replies;
	}

	private @Nullable Object read() throws IOException {
		int type = this.in.read();
		String line = line();
		return switch (type) {
			case '+' -> line;
			case '-' -> new ErrorReply(line);
			case ':' -> Long.valueOf(line);
			case '$' -> bytes(Integer.parseInt(line));
			case '*' -> array(Integer.parseInt(line));
			default -> throw new IOException("Not a reply of Redis: " + (char) type + line);
		};
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\r'; next = this.in.read()) {
			if (next == -1) {
				throw new EOFException("the server closed the connection");
			}
			line.append((char) next);
		}
		this.in.skipNBytes(1);
		return line.toString();
	}

	private byte @Nullable [] bytes(int length) throws IOException {
		if (length < 0) {
			return null;
		}
		byte[] bytes = this.in.readNBytes(length);
		this.in.skipNBytes(2);
		return bytes;
	}

	private List<@Nullable Object> array(int length) throws IOException {
		List<@Nullable Object> elements = new ArrayList<>(Math.max(length, 0));
		for (int i = 0; i < length; i++) {
			elements.add(read());
		}
		return elements;
	}

	static String text(@Nullable Object reply) {
		return (reply instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
	}

	static List<@Nullable Object> list(@Nullable Object reply) {
		return (reply instanceof List<?> elements) ? new ArrayList<>(elements) : new ArrayList<>();
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// It is given up in any case
		}
	}

	/**
	 * An error that Redis replied with.
	 */
	static final class ErrorReply extends IOException {

		ErrorReply(String message) {
			super(message);
		}

	}

}
