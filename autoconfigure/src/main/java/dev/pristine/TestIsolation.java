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

package dev.pristine;

/**
 * How the changes of a test are kept from the tests after it.
 *
 * @since 0.1.0
 * @see IsolationMode
 */
public enum TestIsolation {

	/**
	 * The test and the application share one database transaction, which is rolled back.
	 * The application's own commits work inside it.
	 */
	TRANSACTION,

	/**
	 * The test and the application commit for real. Afterwards only what changed is
	 * restored.
	 */
	TRUNCATE,

	/**
	 * The test and the application commit for real, in a schema of their own. Afterwards
	 * only what changed there is restored. For servers where Pristine may not create
	 * databases.
	 */
	SCHEMA,

	/**
	 * The test and the application commit for real, in a database of their own, whose
	 * schema they may change: then it is replaced by a copy of what the application
	 * started with.
	 */
	DATABASE,

	/**
	 * The test sees whatever is there, and nothing is undone.
	 */
	NONE

}
