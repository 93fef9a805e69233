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

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;

/**
 * The bytes of classes and of all that they refer to. Of an archive, its name, size and
 * time stand for what is in it.
 */
final class ClassContent {

	private static final int CLASS = 7;

	private static final int NAME_AND_TYPE = 12;

	// What reads more than the database
	private static final Pattern INPUT = Pattern
		.compile("java/io/File.*|java/nio/file/.*|java/net/.*|java/util/Random|org/springframework/core/io/.*");

	private final SortedMap<String, byte[]> content = new TreeMap<>();

	private final @Nullable ClassLoader classLoader;

	ClassContent(@Nullable ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	void add(Class<?> type) throws UnknownOutcomeException {
		if (!add(type.getName().replace('.', '/'))) {
			throw new UnknownOutcomeException("the class file of " + type.getName() + " cannot be read");
		}
	}

	private boolean add(String name) throws UnknownOutcomeException {
		if (this.content.containsKey(name)) {
			return true;
		}
		String file = name + ".class";
		URL url = (this.classLoader != null) ? this.classLoader.getResource(file) : ClassLoader.getSystemResource(file);
		if (url == null) {
			return false;
		}
		try {
			if (url.getProtocol().equals("file")) {
				try (InputStream stream = url.openStream()) {
					byte[] bytes = stream.readAllBytes();
					this.content.put(name, bytes);
					addReferences(name, new ClassReader(bytes));
				}
			}
			else if (url.openConnection() instanceof JarURLConnection connection) {
				File archive = new File(URI.create(connection.getJarFileURL().toString()));
				this.content.put(archive.getName() + "|" + archive.length() + "|" + archive.lastModified(),
						new byte[0]);
			}
			return true;
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new UnknownOutcomeException("the class file of " + name + " cannot be read: " + ex);
		}
	}

	private void addReferences(String name, ClassReader reader) throws UnknownOutcomeException {
		char[] buffer = new char[reader.getMaxStringLength()];
		for (int i = 1; i < reader.getItemCount(); i++) {
			int offset = reader.getItem(i);
			int tag = (offset > 0) ? reader.readByte(offset - 1) : 0;
			if (tag == CLASS || tag == NAME_AND_TYPE) {
				String reference = reader.readUTF8(offset, buffer);
				if ((tag == CLASS) ? INPUT.matcher(reference).matches() : reference.startsWith("getResource")) {
					throw new UnknownOutcomeException(name + " uses " + reference);
				}
				if (tag == CLASS) {
					add(reference.replaceAll("^\\[+L|;$", ""));
				}
			}
		}
	}

	void addTo(Digest digest) {
		this.content.forEach(digest::add);
	}

}
