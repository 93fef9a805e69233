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

import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether it can be used. Asked again and again until it can.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Probe {

	/**
	 * Ask the server. No answer may be waited for without a bound. A port that was free
	 * may be somebody else's by the time that a process asks for it: a password, say,
	 * tells our server from a stranger of the same kind.
	 * @param server the server
	 * @return what answered, for the log, such as {@code Redis 8.0.1}, or {@code null} if
	 * the server is not ready yet
	 * @throws Exception if it is not ready yet, for this reason; a
	 * {@link dev.pristine.resource.ResourceException} if it never will be
	 */
	@Nullable String ask(LaunchedServer server) throws Exception;

}
