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

package dev.pristine.postgres.reset;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyManager;

/**
 * All rows of a table as PostgreSQL's own COPY stream, which is exact for every type.
 * Large ones are kept in a temporary file.
 */
final class Rows {

	/** Streams up to this size, in bytes, stay in memory. */
	static final int IN_MEMORY = 4 * 1024 * 1024;

	private static final Cleaner CLEANER = Cleaner.create();

	private final long count;

	private final byte[] memory;

	private final @Nullable Path file;

	private Rows(long count, Spill spill) {
		this.count = count;
		this.memory = spill.memory.toByteArray();
		this.file = spill.path;
	}

	static Rows read(CopyManager copy, Table table) throws SQLException {
		Spill spill = new Spill();
		try {
			long count;
			try (spill) {
				count = copy.copyOut("COPY " + table.name() + " TO STDOUT", spill);
			}
			Rows rows = new Rows(count, spill);
			Path file = spill.path;
			if (file != null) {
				CLEANER.register(rows, () -> delete(file));
			}
			return rows;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not keep the rows of " + table, ex);
		}
	}

	long count() {
		return this.count;
	}

	boolean sameAs(@Nullable Rows other) {
		return other != null && this.count == other.count && this.file == null && other.file == null
				&& Arrays.equals(this.memory, other.memory);
	}

	void write(CopyManager copy, Table table) throws SQLException {
		try (InputStream in = (this.file != null) ? Files.newInputStream(this.file)
				: new ByteArrayInputStream(this.memory)) {
			copy.copyIn("COPY " + table.name() + " FROM STDIN", in);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not write back the rows of " + table, ex);
		}
	}

	private static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// It is deleted when the JVM ends
		}
	}

	/**
	 * Memory first, a file from {@link #IN_MEMORY} on.
	 */
	private static final class Spill extends OutputStream {

		private ByteArrayOutputStream memory = new ByteArrayOutputStream();

		private @Nullable Path path;

		private @Nullable OutputStream file;

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			OutputStream out = this.file;
			if (out == null && this.memory.size() + length > IN_MEMORY) {
				Path path = Files.createTempFile("pristine-rows-", ".copy");
				path.toFile().deleteOnExit();
				out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
				this.path = path;
				this.file = out;
				this.memory.writeTo(out);
				this.memory = new ByteArrayOutputStream(0);
			}
			((out != null) ? out : this.memory).write(bytes, offset, length);
		}

		@Override
		public void close() throws IOException {
			if (this.file != null) {
				this.file.close();
			}
		}

	}

}
