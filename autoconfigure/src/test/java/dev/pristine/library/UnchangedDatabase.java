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

import java.sql.SQLException;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.junit.jupiter.SpringExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the database after a test class with what it was when the application had
 * started. Has to be registered before the {@link SpringExtension}, so that it comes
 * after it.
 */
class UnchangedDatabase implements AfterAllCallback {

	@Override
	public void afterAll(ExtensionContext context) throws SQLException {
		boolean nested = context.getRequiredTestClass().isMemberClass();
		if (!nested) {
			DumpAtStart dump = SpringExtension.getApplicationContext(context).getBean(DumpAtStart.class);
			assertThat(dump.now()).isEqualTo(dump.atStart());
		}
	}

}
