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
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * A connection that speaks RESP2, the protocol of Redis, and sends many commands in one
 * round trip. It serves Pristine alone: it needs neither Lettuce nor Jedis, answers
 * before either has been set up, and never shows in the application's metrics.
 */
final class RedisConnection implements AutoCloseable {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * Well above what a reset takes, and below the time in which a dead server has to be
	 * noticed.
	 */
	private static final Duration READ_TIMEOUT = Duration.ofSeconds(4);

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private @Nullable Replies unread;

	private RedisConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
		this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
	}

	/**
	 * Connect and log in.
	 * @param address the server
	 * @return the connection
	 * @throws UncheckedIOException if the server cannot be reached
	 * @throws RedisErrorException if it refuses the login
	 */
	static RedisConnection open(RedisAddress address) {
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) READ_TIMEOUT.toMillis());
			socket.connect(new InetSocketAddress(address.host(), address.port()), (int) CONNECT_TIMEOUT.toMillis());
			RedisConnection connection = new RedisConnection(secure(socket, address));
			connection.logIn(address);
			return connection;
		}
		catch (IOException | RuntimeException ex) {
			close(socket, ex);
			throw (ex instanceof IOException io) ? new UncheckedIOException(io.getMessage(), io)
					: (RuntimeException) ex;
		}
	}

	private static Socket secure(Socket socket, RedisAddress address) throws IOException {
		SslBundle ssl = address.ssl();
		return (ssl != null)
				? ssl.createSslContext().getSocketFactory().createSocket(socket, address.host(), address.port(), true)
				: socket;
	}

	private void logIn(RedisAddress address) {
		String password = address.password();
		String username = address.username();
		if (password != null && username != null) {
			call("AUTH", username, password);
		}
		else if (password != null) {
			call("AUTH", password);
		}
		call("PING");
	}

	/**
	 * Send one command.
	 * @param command its parts, as {@code String}, {@code byte[]} or number
	 * @return the reply: {@code String} (a status), {@code byte[]}, {@code Long},
	 * {@code List} or {@code null}
	 * @throws RedisErrorException if the reply is an error
	 */
	@Nullable Object call(Object... command) {
		Object reply = batch().add(command).send().get(0);
		if (reply instanceof RedisErrorException error) {
			throw error;
		}
		return reply;
	}

	/**
	 * Start to collect commands for one round trip.
	 * @return an empty batch
	 */
	Batch batch() {
		return new Batch();
	}

	static String text(@Nullable Object reply) {
		return (reply instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
	}

	static List<@Nullable Object> list(@Nullable Object reply) {
		List<@Nullable Object> result = new ArrayList<>();
		if (reply instanceof List<?> elements) {
			result.addAll(elements);
		}
		return result;
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

	private static void close(Socket socket, Exception cause) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			cause.addSuppressed(ex);
		}
	}

	// Replies may still be under way, so that the next one would be mistaken
	private UncheckedIOException lost(IOException cause) {
		close();
		return new UncheckedIOException(cause.getMessage(), cause);
	}

	private void write(Object[] command) throws IOException {
		header('*', command.length);
		for (Object part : command) {
			byte[] bytes = (part instanceof byte[] raw) ? raw : part.toString().getBytes(StandardCharsets.UTF_8);
			header('$', bytes.length);
			this.out.write(bytes);
			this.out.write('\r');
			this.out.write('\n');
		}
	}

	private void header(char type, int length) throws IOException {
		this.out.write((type + Integer.toString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
	}

	private @Nullable Object read() throws IOException {
		int type = this.in.read();
		if (type == -1) {
			throw new EOFException("The server closed the connection");
		}
		String line = readLine();
		return switch (type) {
			case '+' -> line;
			case '-' -> new RedisErrorException(line);
			case ':' -> Long.valueOf(line);
			case '$' -> readBytes(Integer.parseInt(line));
			case '*' -> readArray(Integer.parseInt(line));
			default -> throw new IOException("Not a reply of Redis: " + (char) type + line);
		};
	}

	private String readLine() throws IOException {
		StringBuilder line = new StringBuilder();
		int next = this.in.read();
		while (next != '\r') {
			if (next == -1) {
				throw new EOFException("The server closed the connection");
			}
			line.append((char) next);
			next = this.in.read();
		}
		this.in.skipNBytes(1);
		return line.toString();
	}

	private byte @Nullable [] readBytes(int length) throws IOException {
		if (length < 0) {
			return null;
		}
		byte[] bytes = this.in.readNBytes(length);
		this.in.skipNBytes(2);
		return bytes;
	}

	private List<@Nullable Object> readArray(int length) throws IOException {
		List<@Nullable Object> elements = new ArrayList<>(Math.max(length, 0));
		for (int i = 0; i < length; i++) {
			elements.add(read());
		}
		return elements;
	}

	/**
	 * Commands that travel together.
	 */
	final class Batch {

		private final List<Object[]> commands = new ArrayList<>();

		Batch add(Object... command) {
			this.commands.add(Arrays.copyOf(command, command.length));
			return this;
		}

		boolean isEmpty() {
			return this.commands.isEmpty();
		}

		/**
		 * Send the commands.
		 * @return their replies; an error is a {@link RedisErrorException} among them
		 * @throws UncheckedIOException if the connection is lost
		 */
		List<@Nullable Object> send() {
			return sendAhead().get();
		}

		/**
		 * Send the commands, and do not wait for their replies.
		 * @return what will have the replies
		 * @throws UncheckedIOException if the connection is lost
		 */
		Replies sendAhead() {
			Replies unread = RedisConnection.this.unread;
			if (unread != null) {
				unread.get();
			}
			Replies replies = new Replies(this.commands.size());
			try {
				for (Object[] command : this.commands) {
					write(command);
				}
				RedisConnection.this.out.flush();
			}
			catch (IOException ex) {
				throw lost(ex);
			}
			RedisConnection.this.unread = replies;
			return replies;
		}

	}

	/**
	 * The replies to commands that have been sent.
	 */
	final class Replies {

		private final int count;

		private @Nullable List<@Nullable Object> replies;

		private Replies(int count) {
			this.count = count;
		}

		/**
		 * Wait for the replies.
		 * @return the replies; an error is a {@link RedisErrorException} among them
		 * @throws UncheckedIOException if the connection is lost
		 */
		List<@Nullable Object> get() {
			List<@Nullable Object> replies = this.replies;
			if (replies == null) {
				RedisConnection.this.unread = null;
				try {
					replies = readArray(this.count);
				}
				catch (IOException ex) {
					throw lost(ex);
				}
				this.replies = replies;
			}
			return replies;
		}

	}

}
