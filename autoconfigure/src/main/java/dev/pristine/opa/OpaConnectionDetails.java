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
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where Open Policy Agent answers.
 *
 * @since 0.1.0
 */
public interface OpaConnectionDetails extends ConnectionDetails {

	/**
	 * Return the base URL, such as {@code http://localhost:8181}.
	 * @return the base URL
	 */
	URI getUrl();

	/**
	 * Return the bearer token to send with every request.
	 * @return the token, or {@code null} if OPA asks for none
	 */
	default @Nullable String getToken() {
		return null;
	}

}
