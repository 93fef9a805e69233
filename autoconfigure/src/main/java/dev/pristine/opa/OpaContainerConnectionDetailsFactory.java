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

import java.net.URI;
import java.util.List;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;

/**
 * {@link ContainerConnectionDetailsFactory} to create {@link OpaConnectionDetails} from a
 * {@link ServiceConnection @ServiceConnection}-annotated {@link GenericContainer} using
 * the image {@code openpolicyagent/opa} or the name {@code opa}.
 */
class OpaContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, OpaConnectionDetails> {

	OpaContainerConnectionDetailsFactory() {
		super(List.of("opa", "openpolicyagent/opa"));
	}

	@Override
	protected OpaConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new OpaContainerConnectionDetails(source);
	}

	/**
	 * {@link OpaConnectionDetails} backed by a {@link ContainerConnectionSource}.
	 */
	private static final class OpaContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements OpaConnectionDetails {

		private OpaContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public URI getUrl() {
			return URI
				.create("http://" + getContainer().getHost() + ":" + getContainer().getMappedPort(ProvidedOpa.PORT));
		}

	}

}
