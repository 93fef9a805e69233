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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ServerDefinition}, with a service that Pristine does not know.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServerDefinitionIntegrationTests {

	private final MockEnvironment environment = new MockEnvironment().withProperty("pristine.launch", "embedded");

	private final List<AutoCloseable> resources = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	@Test
	void serverOfContextStartsAndEndsWithIt(CapturedOutput output) {
		List<LaunchedServer> servers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			new ApplicationContextRunner().withUserConfiguration(EchoConfiguration.class)
				.withPropertyValues("pristine.launch=embedded")
				.run((context) -> {
					LaunchedServer server = context.getBean(ContextServer.class).get();
					servers.add(server);
					assertThat(EchoServer.read(server)).isEqualTo("hello");
					assertThat(context.getBean("address")).isEqualTo(server.url());
				});
		}
		assertThat(servers).hasSize(2)
			.allSatisfy((server) -> await().atMost(Duration.ofSeconds(20)).until(() -> !server.isAlive()));
		assertThat(output)
			.containsOnlyOnce("hello 1.0 (embedded, because 'pristine.launch' is 'embedded') at http://127.0.0.1:");
	}

	@Test
	void portIsTheWantedOneUnlessItIsInUse(CapturedOutput output) throws IOException {
		int port = UnusedPort.find();
		LaunchedServer first = start(EchoServer.define("echo").port(port));
		LaunchedServer second = start(EchoServer.define("echo").port(port));
		assertThat(first.port()).isEqualTo(port);
		assertThat(second.port()).isNotEqualTo(port);
		assertThat(output).containsOnlyOnce("Port " + port + " is in use");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void failureNamesLogThatOnlyItsOwnerCanRead() throws IOException {
		ServerDefinition definition = ServerDefinition.named("broken")
			.program(() -> Path.of("/bin/sh"))
			.arguments((place) -> List.of("-c", "echo it is broken; exit 7"))
			.readyWhen((server) -> null);
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> definition.start(this.environment))
			.withMessageContaining("ended while it started")
			.satisfies((ex) -> {
				Path path = log(ex);
				assertThat(path).content().contains("it is broken");
				assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
				Files.delete(path);
			});
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void failureOfProgramTellsWhatItSaidAndLeavesNoLog(@TempDir Path folder) {
		ProcessStart program = ProcessStart
			.of("broken", (place) -> List.of("/bin/sh", "-c", "echo it is broken; exit 7"))
			.in(folder);
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> program.run(folder.resolve("result"), Duration.ofSeconds(20)))
			.withMessageContaining("failed with exit code 7")
			.withMessageContaining("it is broken")
			.withMessageNotContaining(".log");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void logOfRunningServerIsItsOwnersAlone() throws IOException {
		String tail = start(EchoServer.define("echo")).logTail();
		Path log = Path.of(tail.substring(1, tail.indexOf(')')));
		assertThat(tail).contains("listens on");
		assertThat(Files.getPosixFilePermissions(log)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
	}

	@Test
	void serverThatDoesNotAnswerIsNotWaitedForWithoutBound() {
		ServerDefinition definition = EchoServer.define("echo").readyWhen((server) -> {
			throw new IOException("nobody there");
		}).within(Duration.ofSeconds(2));
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> definition.start(this.environment))
			.withMessageContaining("did not answer within")
			.withMessageContaining("nobody there")
			.satisfies((ex) -> Files.deleteIfExists(log(ex)));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void serverThatStandsStillIsNotWaitedForWithoutBound() {
		List<FrozenServer> frozen = new ArrayList<>();
		// A probe that has no bound of its own
		ServerDefinition definition = EchoServer.define("echo").readyWhen((server) -> {
			EchoServer.read(server);
			frozen.add(FrozenServer.on(server.port()));
			return EchoServer.read(server);
		}).within(Duration.ofSeconds(5));
		try {
			assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> definition.start(this.environment))
				.withMessageContaining("did not answer within 5 s")
				.satisfies((ex) -> Files.deleteIfExists(log(ex)));
		}
		finally {
			frozen.forEach(FrozenServer::close);
		}
	}

	@Test
	void givenServerIsAskedButNotEnded() {
		LaunchedServer running = start(EchoServer.define("echo"));
		this.environment.withProperty("pristine.launch", "auto").setProperty("pristine.echo.url", running.url() + "/x");
		LaunchedServer given = start(EchoServer.define("echo"));
		given.stop();
		assertThat(given.launch()).isEqualTo(Launch.EXTERNAL);
		assertThat(given.url()).isEqualTo(running.url() + "/x");
		assertThat(EchoServer.read(given)).isEqualTo("hello");
	}

	@Test
	void givenServerOfProductionIsNotAsked() throws IOException {
		List<URI> requests = new ArrayList<>();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			requests.add(exchange.getRequestURI());
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.start();
		this.resources.add(() -> server.stop(0));
		this.environment.withProperty("pristine.launch", "auto")
			.setProperty("pristine.echo.url", "http://me:secret@localhost:" + server.getAddress().getPort() + "/prod");
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> EchoServer.define("echo").start(this.environment))
			.withMessageContaining("looks like production")
			.withMessageContaining("pristine.echo.disposable")
			.withMessageNotContaining("secret");
		assertThat(requests).isEmpty();
	}

	// It outlives the server
	private static Path log(Exception failure) {
		Matcher log = Pattern.compile("\\((\\S+\\.log)\\)").matcher(failure.getMessage());
		assertThat(log.find()).isTrue();
		return Path.of(log.group(1));
	}

	private LaunchedServer start(ServerDefinition definition) {
		LaunchedServer server = definition.start(this.environment);
		this.resources.add(server::stop);
		return server;
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		static ContextServer echoServer(Environment environment) {
			return EchoServer.define("echo-in-context").inContext(environment);
		}

		@Bean
		static ExportedAddress<ContextServer> echoAddress() {
			return new ExportedAddress<>("pristine.echo.export-to", ContextServer.class, (server) -> server.get().url(),
					"echo.base-url");
		}

		@Bean
		String address(@Value("${echo.base-url}") String address) {
			return address;
		}

	}

}
