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

import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * {@link TestExecutionListener} of the JUnit Platform that sees a test class before its
 * constructor runs, which Spring does not: what was written before belongs to nobody,
 * what the constructor of a shared instance writes belongs to the class.
 */
public final class ClassStartListener implements TestExecutionListener {

	@Override
	public void executionStarted(TestIdentifier testIdentifier) {
		testIdentifier.getSource()
			.filter((source) -> source instanceof ClassSource && testIdentifier.isContainer())
			.ifPresent((source) -> IsolationEngine.restoreUnused("Something between two test classes"));
	}

}
