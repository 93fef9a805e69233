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

package dev.pristine.resource;

import java.net.URI;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The one HTTP address of a resource that the application knows, while each slot has a
 * server of its own. Declared as a bean, it has the clients of Spring Boot's builders
 * find that server.
 *
 * @since 0.1.0
 */
public final class SlotAddress {

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	private final Supplier<URI> home;

	private final Supplier<URI> current;

	/**
	 * Create an address.
	 * @param home finds the URL that the application knows
	 * @param current finds the URL of the server that the calling thread works with
	 */
	public SlotAddress(Supplier<URI> home, Supplier<URI> current) {
		this.home = home;
		this.current = current;
	}

	/**
	 * Lead a request to the server of the calling thread's slot.
	 * @param url the URL that the application asks for
	 * @return the same at that server; a URL of any other server as it is
	 */
	public URI lead(URI url) {
		URI home = this.home.get();
		if (url.getPort() != home.getPort() || !isSame(url.getHost(), home.getHost())) {
			return url;
		}
		URI current = this.current.get();
		if (current.equals(home)) {
			return url;
		}
		String authority = Pattern.quote(url.getHost() + ":" + url.getPort());
		return URI.create(url.toString()
			.replaceFirst(authority, Matcher.quoteReplacement(current.getHost() + ":" + current.getPort())));
	}

	private static boolean isSame(@Nullable String one, String other) {
		return one != null && (one.equalsIgnoreCase(other) || (LOOPBACK.contains(one) && LOOPBACK.contains(other)));
	}

}
