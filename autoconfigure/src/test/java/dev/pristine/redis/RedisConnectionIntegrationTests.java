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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the SSL of a {@link RedisConnection}, with a server that answers in its place
 * because the program in embedded-redis may know no SSL.
 */
class RedisConnectionIntegrationTests {

	@TempDir
	private Path directory;

	@Test
	void connectsToTheHostThatTheCertificateNames() throws Exception {
		SslBundle bundle = bundle("localhost");
		try (SSLServerSocket server = serve(bundle)) {
			RedisConnection.open(new RedisAddress("localhost", server.getLocalPort(), null, null, bundle, null))
				.close();
		}
	}

	@Test
	void refusesTheTrustedCertificateOfAnotherHost() throws Exception {
		SslBundle bundle = bundle("redis.example.com");
		try (SSLServerSocket server = serve(bundle)) {
			assertThatExceptionOfType(SSLHandshakeException.class)
				.isThrownBy(() -> RedisConnection
					.open(new RedisAddress("localhost", server.getLocalPort(), null, null, bundle, null)))
				.withMessageContaining("localhost");
		}
	}

	private static SSLServerSocket serve(SslBundle bundle) throws IOException {
		SSLServerSocket server = (SSLServerSocket) bundle.createSslContext()
			.getServerSocketFactory()
			.createServerSocket(0, 1, InetAddress.getLoopbackAddress());
		CompletableFuture.runAsync(() -> {
			try (SSLSocket client = (SSLSocket) server.accept()) {
				while (client.getInputStream().read() != -1) {
					if (client.getInputStream().available() == 0) {
						client.getOutputStream().write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
					}
				}
			}
			catch (IOException ex) {
				// The client is gone
			}
		});
		return server;
	}

	private SslBundle bundle(String host) throws Exception {
		Path store = this.directory.resolve(host);
		Process keytool = new ProcessBuilder(
				System.getProperty("java.home") + File.separator + "bin" + File.separator + "keytool", "-genkeypair",
				"-keystore", store.toString(), "-storepass", "secret", "-keyalg", "EC", "-dname", "CN=" + host, "-ext",
				"SAN=dns:" + host)
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
		JksSslStoreDetails details = JksSslStoreDetails.forLocation(store.toUri().toString()).withPassword("secret");
		SslStoreBundle stores = new JksSslStoreBundle(details, details);
		return SslBundle.of(stores);
	}

}
