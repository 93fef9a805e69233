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

import org.jspecify.annotations.Nullable;

import dev.pristine.resource.ResourceException;

/**
 * Open Policy Agent refused a request, or could not be asked. The message carries what
 * OPA said.
 *
 * @since 0.1.0
 */
public class OpaException extends ResourceException {

	private final int status;

	OpaException(int status, String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
		this.status = status;
	}

	/**
	 * Return the HTTP status of the answer.
	 * @return the status, or 0 if there was no answer
	 */
	public int getStatus() {
		return this.status;
	}

}
