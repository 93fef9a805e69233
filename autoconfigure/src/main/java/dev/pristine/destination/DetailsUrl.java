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

package dev.pristine.destination;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * How connection details of one type tell their URL.
 *
 * @param <D> the type of the connection details
 * @param kind the kind of server that they lead to, if it is one that tests get
 * @param type the type of the connection details
 * @param url finds the URL; none if they lead to several servers
 */
record DetailsUrl<D extends ConnectionDetails>(ServerKind kind, Class<D> type, Function<D, @Nullable String> url) {

	@Nullable String of(Object details) {
		return this.url.apply(this.type.cast(details));
	}

}
