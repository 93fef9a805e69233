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

package dev.pristine.postgres.route;

import java.time.Duration;

/**
 * What opens connections of the application to the database of one slot. Its string names
 * it in messages.
 *
 * @param <T> its own type
 */
public interface SlotTarget<T extends SlotTarget<T>> extends AutoCloseable {

	/**
	 * Return the same for a copy of the database.
	 * @param database the name of the database
	 * @param copy the name of its copy
	 * @return the target, which opens no connection before it is asked for one
	 * @throws dev.pristine.resource.ResourceException if there is none with the same
	 * settings
	 */
	T derive(String database, String copy);

	/**
	 * Undo what was done to the sessions of the connections that were used, as far as
	 * they are known. Those who use one for a test that is over are waited for.
	 * @param culprit who is named in warnings
	 * @param patience how long to wait
	 */
	void cleanSessions(String culprit, Duration patience);

	/**
	 * Have the pool, if there is one, close its connections rather than hand them out
	 * again.
	 * @return whether none is left that would be handed out
	 */
	boolean evict();

	/**
	 * Have the pool, if there is one, open no connections ahead.
	 * @return what ends it
	 */
	default Runnable holdBack() {
		return () -> {
		};
	}

	/**
	 * Close what was derived: the application's own closes with the application.
	 */
	@Override
	void close();

}
