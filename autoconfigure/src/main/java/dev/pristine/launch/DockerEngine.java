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
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * The Docker engine of this machine, as far as Testcontainers can reach it. Found by
 * asking for {@code /_ping} wherever Testcontainers would look, without its costs.
 *
 * @param address where the engine answers, or {@code null} if none does
 * @param reason what was found, for messages
 * @since 0.1.0
 */
public record DockerEngine(@Nullable String address, String reason) {

	private static final long PATIENCE_MILLISECONDS = 3000;

	private static final SingletonSupplier<DockerEngine> found = SingletonSupplier
		.of(() -> find(candidates(System.getenv(), Path.of(System.getProperty("user.home")),
				System.getProperty("os.name").startsWith("Windows"))));

	private static final byte[] PING = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"
		.getBytes(StandardCharsets.US_ASCII);

	/**
	 * Return whether there is an engine.
	 * @return whether it answers
	 */
	public boolean answers() {
		return this.address != null;
	}

	/**
	 * Return the engine, which is looked for once per JVM: it seldom comes or goes during
	 * a test run.
	 * @return the engine
	 */
	public static DockerEngine get() {
		return found.obtain();
	}

	// Ask again where it answered before
	DockerEngine again() {
		return (this.address != null) ? find(Set.of(this.address)) : this;
	}

	static Set<String> candidates(Map<String, String> variables, Path home, boolean windows) {
		Set<String> candidates = new LinkedHashSet<>();
		candidates.add(variables.get("DOCKER_HOST"));
		candidates.add(fromTestcontainers(home.resolve(".testcontainers.properties")));
		if (windows) {
			candidates.add("npipe:////./pipe/docker_engine");
		}
		else {
			candidates.add("unix:///var/run/docker.sock");
			candidates.add("unix://" + home.resolve(".docker/run/docker.sock"));
			candidates.add("unix://" + home.resolve(".docker/desktop/docker.sock"));
			String runtime = variables.get("XDG_RUNTIME_DIR");
			candidates.add(StringUtils.hasText(runtime) ? "unix://" + runtime + "/docker.sock" : null);
		}
		candidates.removeIf((candidate) -> !StringUtils.hasText(candidate));
		return candidates;
	}

	private static @Nullable String fromTestcontainers(Path file) {
		try {
			Properties properties = PropertiesLoaderUtils.loadProperties(new FileSystemResource(file));
			return properties.getProperty("docker.host", properties.getProperty("tc.host"));
		}
		catch (IOException ex) {
			return null;
		}
	}

	static DockerEngine find(Set<String> candidates) {
		List<String> problems = new ArrayList<>();
		for (String address : candidates) {
			String problem = Servers.inBackground("docker", () -> ask(address))
				.completeOnTimeout("no answer within " + PATIENCE_MILLISECONDS + " ms", PATIENCE_MILLISECONDS,
						TimeUnit.MILLISECONDS)
				.join();
			if (problem.isEmpty()) {
				return new DockerEngine(address, "a Docker engine answers at " + address);
			}
			problems.add(address + " (" + problem + ")");
		}
		return new DockerEngine(null, "no Docker engine answers at " + String.join(", ", problems));
	}

	// What keeps it from answering
	private static String ask(String address) {
		try {
			URI uri = URI.create(address);
			try (ByteChannel channel = connect(uri)) {
				// With TLS, a connection has to do as the answer
				return (uri.getPort() == 2376 || "https".equals(uri.getScheme())) ? "" : ping(channel);
			}
		}
		catch (IOException | RuntimeException ex) {
			return Objects.requireNonNullElse(ex.getMessage(), ex.getClass().getSimpleName());
		}
	}

	private static ByteChannel connect(URI uri) throws IOException {
		return switch (String.valueOf(uri.getScheme())) {
			case "unix" -> {
				Path socket = Path.of(uri.getPath());
				if (!Files.exists(socket)) {
					throw new IOException("not there");
				}
				yield SocketChannel.open(UnixDomainSocketAddress.of(socket));
			}
			case "tcp", "http", "https" ->
				SocketChannel.open(new InetSocketAddress(uri.getHost(), (uri.getPort() != -1) ? uri.getPort() : 2375));
			case "npipe" -> new RandomAccessFile(uri.getPath().replace('/', '\\'), "rw").getChannel();
			default -> throw new IOException("cannot be asked");
		};
	}

	private static String ping(ByteChannel channel) throws IOException {
		channel.write(ByteBuffer.wrap(PING));
		ByteBuffer answer = ByteBuffer.allocate(64);
		channel.read(answer);
		String line = StandardCharsets.US_ASCII.decode(answer.flip()).toString().lines().findFirst().orElse("");
		return line.matches("HTTP/\\S+ 200.*") ? "" : "answered '" + line + "'";
	}

}
