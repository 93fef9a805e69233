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

package dev.pristine.resource;

import org.jspecify.annotations.Nullable;

/**
 * Something about a resource went wrong in a way that the reader of the message can mend.
 *
 * @since 0.1.0
 */
public class ResourceException extends RuntimeException {

	private final String problem;

	private final String action;

	/**
	 * Create an exception.
	 * @param problem what happened and why it matters
	 * @param action what to do about it
	 */
	public ResourceException(String problem, String action) {
		this(problem, action, null);
	}

	/**
	 * Create an exception.
	 * @param problem what happened and why it matters
	 * @param action what to do about it
	 * @param cause the cause, if there is one
	 */
	public ResourceException(String problem, String action, @Nullable Throwable cause) {
		super(problem + System.lineSeparator() + "Action: " + action, cause);
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Return what happened and why it matters.
	 * @return the problem
	 */
	public String getProblem() {
		return this.problem;
	}

	/**
	 * Return what to do about it.
	 * @return the action
	 */
	public String getAction() {
		return this.action;
	}

}
