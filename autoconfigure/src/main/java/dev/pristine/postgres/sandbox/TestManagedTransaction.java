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

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.TestScope;

/**
 * Recognises the transaction that Spring begins for a test with {@code @Transactional}:
 * it bears the name of the test.
 */
final class TestManagedTransaction {

	private static final boolean SPRING_TX = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			TestManagedTransaction.class.getClassLoader());

	private TestManagedTransaction() {
	}

	/**
	 * Return whether the calling thread is in the transaction of a test.
	 * @param scope the test
	 * @return whether its transaction was begun for the test
	 */
	static boolean isOf(@Nullable TestScope scope) {
		return SPRING_TX && scope != null && Current.isNamed(scope.name());
	}

	/**
	 * Keeps the optional class out of sight.
	 */
	private static final class Current {

		static boolean isNamed(String name) {
			return TransactionSynchronizationManager.isActualTransactionActive()
					&& name.equals(TransactionSynchronizationManager.getCurrentTransactionName());
		}

	}

}
