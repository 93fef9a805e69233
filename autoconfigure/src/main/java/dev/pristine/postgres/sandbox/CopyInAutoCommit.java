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

import java.lang.reflect.Method;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOperation;

/**
 * A {@code COPY} whose transaction ends with it.
 */
final class CopyInAutoCommit extends JdbcProxy<CopyOperation> {

	private final Session session;

	private final Execution execution;

	private final CopyOperation target;

	private boolean ended;

	CopyInAutoCommit(Class<? extends CopyOperation> type, Session session, Execution execution, CopyOperation target) {
		super(type, CopyOperation.class);
		this.session = session;
		this.execution = execution;
		this.target = target;
	}

	@Override
	@Nullable Object delegate(Method method, @Nullable Object @Nullable [] args) throws SQLException {
		boolean done = false;
		try {
			Object result = call(this.target, method, args);
			done = !method.getName().equals("cancelCopy");
			return result;
		}
		finally {
			if (!this.ended && !this.target.isActive()) {
				this.ended = true;
				if (done) {
					this.execution.commit(this.session);
				}
				else {
					this.execution.rollback(this.session);
				}
			}
		}
	}

}
