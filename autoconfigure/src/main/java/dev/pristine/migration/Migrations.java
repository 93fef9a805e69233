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

package dev.pristine.migration;

import javax.sql.DataSource;

/**
 * The migrations of a database.
 *
 * @since 0.1.0
 */
public interface Migrations {

	/**
	 * Return how they reach their database.
	 * @return the data source
	 */
	DataSource dataSource();

	/**
	 * Add everything that determines the outcome, without a connection to any database.
	 * @param digest where to add it
	 * @throws UnknownOutcomeException if not everything can be known
	 */
	void addTo(Digest digest) throws UnknownOutcomeException;

	/**
	 * Migrate another database as the own one would be.
	 * @param target where to migrate
	 */
	void migrate(DataSource target);

}
