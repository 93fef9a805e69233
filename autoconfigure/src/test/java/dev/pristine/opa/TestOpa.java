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

package dev.pristine.opa;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

import dev.pristine.launch.UserCache;

/**
 * An OPA for tests of what talks to one.
 */
final class TestOpa {

	private TestOpa() {
	}

	static NativeOpa start(String... arguments) {
		return start(OpaState.EMPTY, arguments);
	}

	static NativeOpa start(OpaState files, String... arguments) {
		MockEnvironment environment = new MockEnvironment().withProperty("pristine.opa.arguments",
				String.join(",", arguments));
		OpaProperties properties = Binder.get(environment).bindOrCreate("pristine.opa", OpaProperties.class);
		return NativeOpa.start(new OpaProgram(properties, () -> UserCache.in(null), System.getenv("PATH")).find(),
				properties, files);
	}

}
