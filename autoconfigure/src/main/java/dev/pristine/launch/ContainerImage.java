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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.images.TimeLimitedLoggedPullImageResultCallback;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * An image in the Docker engine. Testcontainers would try for minutes to pull one, and
 * the image of its own cleaner before, from a registry that nobody can reach.
 */
final class ContainerImage {

	private static final long CLIENT_PATIENCE_SECONDS = 60;

	// Asked once per JVM: a registry that does not answer makes each try long
	private static final Map<String, String> absences = new ConcurrentHashMap<>();

	private ContainerImage() {
	}

	/**
	 * Look for an image in the engine, else pull it.
	 * @param image its name
	 * @return why it is not there, or {@code null} if it is
	 */
	static @Nullable String absence(String image) {
		String absence = absences.computeIfAbsent(image, ContainerImage::find);
		return absence.isEmpty() ? null : absence;
	}

	private static String find(String image) {
		// Not the client of Testcontainers, which first starts its cleaner
		try (DockerClient client = DockerClientProviderStrategy
			.getClientForConfig(DockerClientFactory.instance().getTransportConfig())) {
			DockerImageName name = ImageNameSubstitutor.instance().apply(DockerImageName.parse(image));
			if (!isThere(client, name)) {
				pull(client, name);
			}
			CompletableFuture.runAsync(() -> DockerClientFactory.instance().client())
				.orTimeout(CLIENT_PATIENCE_SECONDS, TimeUnit.SECONDS)
				.join();
			return "";
		}
		catch (CompletionException ex) {
			return engineOr(
					"Testcontainers cannot be used, its cleaner 'ryuk' perhaps, which TESTCONTAINERS_RYUK_DISABLED=true does without ("
							+ ex.getCause() + ")");
		}
		catch (InterruptedException ex) {
			// The callback interrupts when nothing has come for a while
			return "the pull of the image '" + image + "' made no progress";
		}
		catch (IOException | RuntimeException ex) {
			return engineOr("the image '" + image + "' is not there and cannot be pulled (" + ex.getMessage() + ")");
		}
	}

	private static String engineOr(String problem) {
		DockerEngine engine = DockerEngine.get().again();
		return engine.answers() ? problem : engine.reason();
	}

	private static boolean isThere(DockerClient client, DockerImageName name) {
		try {
			client.inspectImageCmd(name.asCanonicalNameString()).exec();
			return true;
		}
		catch (NotFoundException ex) {
			return false;
		}
	}

	private static void pull(DockerClient client, DockerImageName name) throws InterruptedException {
		try (SlowWork work = SlowWork.begin("Pulling the image '" + name + "', this once")) {
			client.pullImageCmd(name.getUnversionedPart())
				.withTag(name.getVersionPart())
				.exec(new TimeLimitedLoggedPullImageResultCallback(LoggerFactory.getLogger(ContainerImage.class)))
				.awaitCompletion();
		}
	}

}
