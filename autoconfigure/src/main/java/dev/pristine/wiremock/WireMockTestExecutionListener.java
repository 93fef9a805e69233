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

package dev.pristine.wiremock;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.util.ClassUtils;

/**
 * {@link org.springframework.test.context.TestExecutionListener} that directs WireMock's
 * static methods to the server of the application context, and fails a test that made a
 * request without a stub: the application may have swallowed the answer 404.
 */
class WireMockTestExecutionListener extends AbstractTestExecutionListener {

	private static final boolean PRESENT = ClassUtils.isPresent("com.github.tomakehurst.wiremock.WireMockServer",
			WireMockTestExecutionListener.class.getClassLoader());

	@Override
	public void prepareTestInstance(TestContext testContext) {
		if (PRESENT && testContext.hasApplicationContext()) {
			Servers.direct(testContext.getApplicationContext());
		}
	}

	// Not always on the thread that made the instance
	@Override
	public void beforeTestMethod(TestContext testContext) {
		prepareTestInstance(testContext);
	}

	@Override
	public void afterTestExecution(TestContext testContext) {
		if (PRESENT && testContext.hasApplicationContext()) {
			Servers.check(testContext.getApplicationContext());
		}
	}

	/**
	 * What knows WireMock, which may be absent.
	 */
	private static final class Servers {

		static void direct(ApplicationContext context) {
			if (isIsolated(context)) {
				WireMock.configureFor(new WireMock(context.getBean(WireMockServer.class)));
			}
		}

		static void check(ApplicationContext context) {
			if (isIsolated(context) && context.getBean(WireMockProperties.class).failOnUnmatched()) {
				context.getBean(WireMockServer.class).checkForUnmatchedRequests();
			}
		}

		private static boolean isIsolated(ApplicationContext context) {
			return context.getBeanNamesForType(WireMockResource.class).length > 0;
		}

	}

}
