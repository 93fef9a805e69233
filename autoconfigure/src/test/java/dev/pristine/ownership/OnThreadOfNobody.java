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

package dev.pristine.ownership;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import dev.pristine.ownership.TestOwner.Work;

/**
 * Has each test start on a thread that works for nobody, so that none depends on whom it
 * worked for before.
 */
class OnThreadOfNobody implements BeforeEachCallback, AfterEachCallback {

	private @Nullable Work before;

	@Override
	public void beforeEach(ExtensionContext context) {
		this.before = TestOwner.start("nobody", this, 0).take();
		TestOwner.set(null);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		if (this.before != null) {
			this.before.close();
		}
	}

}
