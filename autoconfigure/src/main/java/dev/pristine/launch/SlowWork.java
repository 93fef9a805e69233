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

package dev.pristine.launch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Work that is said in the log once it has taken a second.
 *
 * @param message what says so
 */
record SlowWork(CompletableFuture<Void> message) implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SlowWork.class);

	static SlowWork begin(String what) {
		return new SlowWork(CompletableFuture.runAsync(() -> logger.info(what),
				CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)));
	}

	@Override
	public void close() {
		this.message.cancel(false);
	}

}
