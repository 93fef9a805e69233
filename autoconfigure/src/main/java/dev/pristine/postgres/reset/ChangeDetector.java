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

package dev.pristine.postgres.reset;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * Finds out what may have changed since a known state.
 */
interface ChangeDetector {

	/**
	 * Look at the database.
	 * @param known the known state
	 * @return what was found
	 */
	Detection detect(KnownState known) throws SQLException;

	/**
	 * What was found.
	 *
	 * @param evidence how far the server was before anything was looked at
	 * @param differences what may have changed, or {@code null} if nobody wrote
	 */
	record Detection(Evidence evidence, @Nullable Differences differences) {

	}

}
