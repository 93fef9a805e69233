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

package dev.pristine.isolation;

import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * {@link org.springframework.test.context.TestExecutionListener} that lets the next test
 * or class have the slot after all other listeners are through with this one: some of
 * them close the application context.
 */
class SlotReleaseTestExecutionListener extends AbstractTestExecutionListener {

	private static final String RELEASE = SlotReleaseTestExecutionListener.class.getName() + ".release";

	static void releaseAtTheEnd(TestContext testContext, Runnable release) {
		testContext.setAttribute(RELEASE, release);
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		release(testContext);
	}

	@Override
	public void afterTestClass(TestContext testContext) {
		release(testContext);
	}

	private static void release(TestContext testContext) {
		if (testContext.removeAttribute(RELEASE) instanceof Runnable release) {
			release.run();
		}
	}

}
