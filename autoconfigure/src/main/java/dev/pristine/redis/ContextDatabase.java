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

package dev.pristine.redis;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.Assert;

/**
 * The database of an application context. It goes back to its server when the context is
 * closed.
 */
final class ContextDatabase implements DisposableBean {

	static final String BEAN_NAME = "pristineRedisDatabase";

	private @Nullable RedisDatabase database;

	synchronized RedisDatabase claim(Supplier<RedisDatabase> claim) {
		RedisDatabase database = this.database;
		if (database == null) {
			database = claim.get();
			this.database = database;
		}
		return database;
	}

	synchronized RedisDatabase get() {
		RedisDatabase database = this.database;
		Assert.state(database != null, "The connection details of Redis have not been created");
		return database;
	}

	@Override
	public synchronized void destroy() {
		if (this.database != null) {
			this.database.release();
			this.database = null;
		}
	}

}
