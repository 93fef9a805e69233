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

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds the blocks that a stretch of the WAL mentions. The format of a record is that of
 * {@code access/xlogrecord.h}, the same in PostgreSQL 14 to 18 but for the flag of
 * compressed images.
 */
final class WalReader {

	private static final int PAGE = 8192;

	private static final int RECORD_HEADER = 24;

	private static final int MAX_BLOCK_ID = 32;

	private static final int HAS_IMAGE = 0x10;

	private static final int SAME_RELATION = 0x80;

	private static final int FORK = 0x0F;

	private final int compressed;

	private final Map<File, Set<Long>> blocks = new HashMap<>();

	WalReader(int version) {
		this.compressed = (version >= 150000) ? 0x1C : 0x02;
	}

	/**
	 * Read whole records.
	 * @param start the position in the WAL where the first record starts
	 * @param bytes what the WAL contains from there on
	 * @return the blocks that are mentioned, by the file of their relation; a record
	 * whose end is missing is left out
	 * @throws IllegalArgumentException if these are no records
	 */
	Map<File, Set<Long>> read(long start, byte[] bytes) {
		ByteBuffer records = withoutPageHeaders(start, bytes);
		try {
			while (records.remaining() >= RECORD_HEADER) {
				int from = records.position();
				int length = records.getInt(from);
				if (length < RECORD_HEADER) {
					throw new IllegalArgumentException("A WAL record of " + length + " bytes");
				}
				if (length > records.remaining()) {
					break;
				}
				ByteBuffer record = records.duplicate().order(records.order());
				record.position(from + RECORD_HEADER).limit(from + length);
				readBlocks(record);
				records.position(Math.min(records.limit(), from + (length + 7 & ~7)));
			}
		}
		catch (BufferUnderflowException ex) {
			throw new IllegalArgumentException("A truncated WAL record", ex);
		}
		return this.blocks;
	}

	private void readBlocks(ByteBuffer record) {
		File file = null;
		while (record.hasRemaining()) {
			int id = record.get() & 0xFF;
			if (id > MAX_BLOCK_ID) {
				// The origin and the outer transaction come before the main data
				int skip = (id == 253) ? 2 : (id == 252) ? 4 : -1;
				if (skip < 0) {
					return;
				}
				record.position(record.position() + skip);
				continue;
			}
			int flags = record.get() & 0xFF;
			record.getShort();
			if ((flags & HAS_IMAGE) != 0) {
				record.getInt();
				int image = record.get() & 0xFF;
				if ((image & 0x01) != 0 && (image & this.compressed) != 0) {
					record.getShort();
				}
			}
			if ((flags & SAME_RELATION) == 0) {
				file = new File(unsigned(record), unsigned(record), unsigned(record));
			}
			long block = unsigned(record);
			if ((flags & FORK) == 0 && file != null) {
				this.blocks.computeIfAbsent(file, (key) -> new HashSet<>()).add(block);
			}
		}
	}

	private static long unsigned(ByteBuffer buffer) {
		return buffer.getInt() & 0xFFFFFFFFL;
	}

	private static ByteBuffer withoutPageHeaders(long start, byte[] bytes) {
		ByteBuffer records = ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
		for (int at = 0; at < bytes.length;) {
			int inPage = (int) ((start + at) % PAGE);
			if (inPage == 0) {
				// Segments, which start with a longer header, are not crossed
				at += RECORD_HEADER;
				continue;
			}
			int length = Math.min(PAGE - inPage, bytes.length - at);
			records.put(bytes, at, length);
			at += length;
		}
		return records.flip();
	}

	/**
	 * The file of a relation.
	 *
	 * @param tablespace the tablespace
	 * @param database the database, 0 for what all of the server share
	 * @param node the number of the file
	 */
	record File(long tablespace, long database, long node) {

	}

}
