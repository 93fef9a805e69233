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

package com.example.objectstore;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The service that Pristine does not know: an emulator of an object store, as it might
 * come as a program or an image. An object is there at once, and replicated a little
 * later. {@code /state} is all of it, as lines of path and content.
 */
public final class ObjectStoreEmulator {

	private static final Map<String, String> objects = new ConcurrentSkipListMap<>();

	private static final Map<String, Boolean> replicated = new ConcurrentSkipListMap<>();

	private static final ScheduledExecutorService replication = Executors.newSingleThreadScheduledExecutor();

	private ObjectStoreEmulator() {
	}

	public static void main(String[] args) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 200);
		server.setExecutor(Executors.newFixedThreadPool(16));
		server.createContext("/version", (exchange) -> answer(exchange, 200, "1.0"));
		server.createContext("/state", ObjectStoreEmulator::state);
		server.createContext("/objects", ObjectStoreEmulator::object);
		server.start();
	}

	private static void object(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		if (exchange.getRequestMethod().equals("PUT")) {
			objects.put(path, body(exchange));
			replication.schedule(() -> replicated.put(path, true), 50, TimeUnit.MILLISECONDS);
			System.out.println("stored " + path);
			answer(exchange, 201, "");
			return;
		}
		String content = objects.get(path);
		answer(exchange, status(path, content), content);
	}

	private static int status(String path, String content) {
		if (content == null) {
			return 404;
		}
		return replicated.containsKey(path) ? 200 : 202;
	}

	private static void state(HttpExchange exchange) throws IOException {
		if (exchange.getRequestMethod().equals("PUT")) {
			objects.clear();
			replicated.clear();
			body(exchange).lines().map((line) -> line.split("=", 2)).forEach((object) -> {
				objects.put(object[0], object[1]);
				replicated.put(object[0], true);
			});
		}
		answer(exchange, 200,
				objects.entrySet()
					.stream()
					.map((object) -> object.getKey() + "=" + object.getValue())
					.collect(Collectors.joining("\n")));
	}

	private static String body(HttpExchange exchange) throws IOException {
		return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
	}

	private static void answer(HttpExchange exchange, int status, String body) throws IOException {
		byte[] content = (body != null) ? body.getBytes(StandardCharsets.UTF_8) : new byte[0];
		boolean empty = content.length == 0 || exchange.getRequestMethod().equals("HEAD");
		exchange.sendResponseHeaders(status, empty ? -1 : content.length);
		if (!empty) {
			exchange.getResponseBody().write(content);
		}
		exchange.close();
	}

}
