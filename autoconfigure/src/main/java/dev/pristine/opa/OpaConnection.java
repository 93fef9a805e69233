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

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/1.1 and sends many requests in one round trip. The
 * clients of the JDK wait for each answer before they send the next request, and the
 * reset of every test would wait for them.
 */
final class OpaConnection implements AutoCloseable {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(6);

	private static final int NO_CONTENT = 204;

	private final String base;

	private final String headers;

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private boolean open = true;

	private OpaConnection(URI url, @Nullable String token, Socket socket) throws IOException {
		this.base = url.getRawPath().endsWith("/") ? url.getRawPath().substring(0, url.getRawPath().length() - 1)
				: url.getRawPath();
		this.headers = " HTTP/1.1\r\nHost: " + url.getRawAuthority() + "\r\n"
				+ ((token != null) ? "Authorization: Bearer " + token + "\r\n" : "");
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
		this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
	}

	static OpaConnection open(URI url, @Nullable String token) throws IOException {
		boolean secure = "https".equals(url.getScheme());
		int port = (url.getPort() != -1) ? url.getPort() : secure ? 443 : 80;
		Socket socket = new Socket();
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) READ_TIMEOUT.toMillis());
			socket.connect(new InetSocketAddress(url.getHost(), port), (int) CONNECT_TIMEOUT.toMillis());
			return new OpaConnection(url, token, secure ? secure(socket, url.getHost(), port) : socket);
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

	private static Socket secure(Socket socket, String host, int port) throws IOException {
		SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
		SSLSocket secure = (SSLSocket) factory.createSocket(socket, host, port, true);
		SSLParameters parameters = secure.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		secure.setSSLParameters(parameters);
		secure.startHandshake();
		return secure;
	}

	/**
	 * Send requests, and do not wait for their answers.
	 * @param requests the requests
	 * @throws IOException if the connection is lost
	 */
	void send(OpaRequest... requests) throws IOException {
		for (OpaRequest request : requests) {
			write(request.method() + " " + this.base + request.path() + this.headers);
			byte[] body = request.body();
			if (body != null) {
				write("Content-Type: " + request.contentType() + "\r\nContent-Length: " + body.length + "\r\n");
			}
			write("\r\n");
			if (body != null) {
				this.out.write(body);
			}
		}
		this.out.flush();
	}

	private void write(String text) throws IOException {
		this.out.write(text.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Wait for the answer to the first request that has not been answered yet.
	 * @return the answer
	 * @throws IOException if the connection is lost
	 */
	Answer receive() throws IOException {
		String[] status = readLine().split(" ");
		if (!status[0].startsWith("HTTP/1.") || status.length < 2) {
			throw new IOException("no answer of an HTTP server");
		}
		int code = Integer.parseInt(status[1]);
		int length = -1;
		boolean chunked = false;
		for (String line = readLine(); !line.isEmpty(); line = readLine()) {
			String header = line.toLowerCase(Locale.ROOT);
			String value = header.substring(header.indexOf(':') + 1).trim();
			if (header.startsWith("content-length:")) {
				length = Integer.parseInt(value);
			}
			else if (header.startsWith("transfer-encoding:")) {
				chunked = value.equals("chunked");
			}
			else if (header.startsWith("connection:")) {
				this.open = !value.equals("close");
			}
		}
		if (code == NO_CONTENT) {
			return new Answer(code, new byte[0]);
		}
		return new Answer(code, chunked ? readChunks() : readBody(length));
	}

	private byte[] readBody(int length) throws IOException {
		if (length == -1) {
			this.open = false;
			return this.in.readAllBytes();
		}
		byte[] body = this.in.readNBytes(length);
		if (body.length < length) {
			throw new EOFException("the answer is cut off");
		}
		return body;
	}

	private byte[] readChunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		int length;
		do {
			length = Integer.parseInt(readLine(), 16);
			body.write(readBody(length));
			readLine();
		}
		while (length > 0);
		return body.toByteArray();
	}

	private String readLine() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next == -1) {
				throw new EOFException("the connection was closed");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	/**
	 * Return whether further requests can be sent.
	 * @return {@code false} if the server has announced the end
	 */
	boolean isOpen() {
		return this.open;
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
	 * An answer of OPA.
	 *
	 * @param status the status code of HTTP
	 * @param body the body, which may be empty
	 */
	record Answer(int status, byte[] body) {

	}

}
