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

package dev.pristine.migration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A hash of named parts. It does not run together what is apart.
 *
 * @since 0.1.0
 */
public final class Digest {

	private final MessageDigest digest;

	/**
	 * Create an empty digest.
	 */
	public Digest() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Add a part.
	 * @param name its name
	 * @param value its value, compared as text
	 * @return this digest
	 */
	public Digest add(String name, @Nullable Object value) {
		return add(name, String.valueOf(value).getBytes(StandardCharsets.UTF_8));
	}

	Digest add(String name, byte[] content) {
		byte[] title = name.getBytes(StandardCharsets.UTF_8);
		this.digest.update((title.length + " " + content.length + " ").getBytes(StandardCharsets.US_ASCII));
		this.digest.update(title);
		this.digest.update(content);
		return this;
	}

	/**
	 * Return the hash of what was added. The digest is of no use after that.
	 * @return 32 hexadecimal digits
	 */
	@Override
	public String toString() {
		return HexFormat.of().formatHex(this.digest.digest(), 0, 16);
	}

}
