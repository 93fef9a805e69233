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

package dev.pristine.postgres.sandbox;

/**
 * A state of the database inside of a sandbox, to which it can be brought back again and
 * again.
 *
 * @param depth how many states it is inside of: 0 for the start of the transaction
 * @since 0.1.0
 */
public record SandboxState(int depth) {

	String savepoint() {
		return "pristine_state_" + this.depth;
	}

	boolean isOutermost() {
		return this.depth == 0;
	}

	/**
	 * Return the command that brings this state back.
	 * @return a command
	 */
	String rollback() {
		return isOutermost() ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT " + savepoint();
	}

}
