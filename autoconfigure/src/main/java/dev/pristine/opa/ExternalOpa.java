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

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

import dev.pristine.resource.ResourceException;

/**
 * An OPA that runs already, and that may lose all its policies and data.
 */
final class ExternalOpa implements OpaConnectionDetails {

	private final URI url;

	private final @Nullable String token;

	private ExternalOpa(URI url, @Nullable String token) {
		this.url = url;
		this.token = token;
	}

	static ExternalOpa at(OpaProperties properties) {
		URI url = properties.url();
		Assert.state(url != null, "'url' must not be null");
		if (!properties.disposable()) {
			throw new ResourceException(
					"Tests would replace all policies and data of the OPA at " + url
							+ ", which Pristine has not started.",
					"If nobody else needs them, set pristine.opa.disposable to true. Otherwise remove pristine.opa.url.");
		}
		return new ExternalOpa(url, properties.token());
	}

	@Override
	public URI getUrl() {
		return this.url;
	}

	@Override
	public @Nullable String getToken() {
		return this.token;
	}

}
