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

package dev.pristine.web;

import java.net.URI;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.pristine.ownership.TestOwner;
import dev.pristine.resource.Notice;

/**
 * The header that tells which test a request belongs to. Clients that Spring Boot builds
 * send it on their own, any other one with
 * {@code header(TestOwnerHeader.NAME, TestOwnerHeader.value())}.
 *
 * @since 0.1.0
 */
public final class TestOwnerHeader {

	/**
	 * The name of the header.
	 */
	public static final String NAME = "Pristine-Test";

	private static final Log logger = LogFactory.getLog(TestOwnerHeader.class);

	private static final Pattern THIS_MACHINE = Pattern
		.compile("(?i)(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)]");

	private TestOwnerHeader() {
	}

	/**
	 * Return the value that says whom the calling thread works for.
	 * @return the value; empty, which means nobody, if that is not known
	 */
	public static String value() {
		TestOwner owner = TestOwner.current();
		return (owner != null) ? owner.id() : "";
	}

	/**
	 * Return the value that a request shall have. Other machines never get one, and
	 * without copies of the application's servers nobody asks whose a request is.
	 * @param owner whose the request is
	 * @param uri where it goes; without a host it stays in this JVM
	 * @return the value, or {@code null} if there is nothing to say
	 */
	static @Nullable String value(@Nullable TestOwner owner, URI uri) {
		if (owner == null || owner.slot() == 0) {
			return null;
		}
		return (uri.getHost() == null || THIS_MACHINE.matcher(uri.getHost()).matches()) ? owner.id() : null;
	}

	/**
	 * Return whose a request is.
	 * @param value the value of its header
	 * @return the owner, or {@code null} if the header does not tell
	 */
	static @Nullable TestOwner owner(@Nullable String value) {
		TestOwner owner = (value != null) ? TestOwner.find(value) : null;
		if (owner == null && value != null && !value.isEmpty()) {
			Notice.once(logger::warn,
					"A request says in its header %s that it belongs to a test that this JVM does not know. The header is ignored."
						.formatted(NAME));
		}
		return owner;
	}

}
