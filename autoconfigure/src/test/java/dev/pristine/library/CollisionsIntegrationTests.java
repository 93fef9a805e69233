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

package dev.pristine.library;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.transaction.annotation.Transactional;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

/**
 * Colliding tests, in random order and ten times each, in every mode and life cycle.
 */
@LibraryTest
class CollisionsIntegrationTests {

	@Nested
	class ByDefault extends Collisions {

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Collisions {

	}

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithRealCommits extends Collisions {

	}

	@Nested
	@Transactional
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransactionOfSpringToo extends Collisions {

	}

	@Nested
	@Transactional
	@IsolationMode(TestIsolation.TRUNCATE)
	class InTransactionOfSpringWithRealCommits extends Collisions {

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class WithOneInstance extends Collisions {

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	@IsolationMode(TestIsolation.TRUNCATE)
	class WithOneInstanceAndRealCommits extends Collisions {

	}

}
