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

package dev.pristine.destination;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import org.springframework.util.ClassUtils;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;

import dev.pristine.launch.DockerEngine;

/**
 * The containers that Testcontainers has started: in this JVM, or in one before it that
 * left them for reuse.
 */
final class StartedContainers {

	private static final boolean POSSIBLE = ClassUtils.isPresent("org.testcontainers.DockerClientFactory", null);

	private StartedContainers() {
	}

	/**
	 * Return whether one of them answers at an address.
	 * @param address the address of a server
	 * @return whether it does
	 */
	static boolean publish(Address address) {
		return POSSIBLE && DockerEngine.get().answers() && Started.publish(address);
	}

	// Without Testcontainers, this class cannot be loaded
	private static final class Started {

		static boolean publish(Address address) {
			DockerClientFactory factory = DockerClientFactory.instance();
			// Not the client of Testcontainers, which first starts its cleaner
			List<Container> containers;
			try (DockerClient client = DockerClientProviderStrategy.getClientForConfig(factory.getTransportConfig())) {
				containers = client.listContainersCmd()
					.withLabelFilter(List.of(DockerClientFactory.TESTCONTAINERS_LABEL))
					.exec();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return address.hosts()
				.stream()
				.allMatch((host) -> containers.stream()
					.flatMap((container) -> Arrays.stream(container.getPorts()))
					.anyMatch((port) -> port.getPublicPort() != null
							&& Address.isSame(host, factory.dockerHostIpAddress() + ":" + port.getPublicPort())));
		}

	}

}
