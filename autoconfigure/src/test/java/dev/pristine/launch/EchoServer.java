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

package dev.pristine.launch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import org.springframework.web.client.RestClient;

/**
 * A service that Pristine does not know. It tells what is in a file.
 */
public final class EchoServer {

	private EchoServer() {
	}

	public static void main(String[] arguments) throws IOException {
		System.out.println("listens on " + arguments[1]);
		byte[] content = Files.readAllBytes(Path.of("greeting/hello"));
		HttpServer server = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(200, content.length);
			exchange.getResponseBody().write(content);
			exchange.close();
		});
		server.start();
	}

	static ServerDefinition define(String name) {
		return ServerDefinition.named(name)
			.program(() -> Path.of(System.getProperty("java.home"), "bin", "java"))
			.arguments((place) -> List.of("-XX:TieredStopAtLevel=1", "-cp", classPath(), EchoServer.class.getName(),
					place.host(), Integer.toString(place.port())))
			.files(Map.of("greeting/hello", "hello".getBytes(StandardCharsets.UTF_8)))
			.readyWhen((server) -> read(server) + " 1.0")
			.within(Duration.ofSeconds(30));
	}

	// It needs nothing but itself
	private static String classPath() {
		try {
			return Path.of(EchoServer.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String read(LaunchedServer server) {
		return RestClient.create(server.url()).get().retrieve().body(String.class);
	}

}
