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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

	private static final int OUTER_TRANSACTION = 252;

	private static final int ORIGIN = 253;

	private static final int SHORT_DATA = 255;

	/** Bits of a record's info that tell which of its manager's records it is. */
	private static final int KIND = 0x70;

	private static final int TRANSACTION = 1;

	private static final int ABORT = 0x20;

	private static final int HEAP = 10;

	private static final int IN_PLACE = 0x70;

	private static final int SEQUENCE = 15;

	private final int compressed;

	/** The blocks by the transaction that is in the way of them, 0 if none is. */
	private final Map<Integer, Map<File, Set<Long>>> blocks = new HashMap<>();

	WalReader(int version) {
		this.compressed = (version >= 150000) ? 0x1C : 0x02;
	}

	/**
	 * Read whole records.
	 * @param start the position in the WAL where the first record starts
	 * @param bytes what the WAL contains from there on
	 * @return the blocks that are mentioned, by the file of their relation, but for those
	 * that hold what they held, as the transaction was rolled back; a record whose end is
	 * missing is left out
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
				read(records.getInt(from + 4), records.get(from + 16) & 0xFF, records.get(from + 17), record);
				records.position(Math.min(records.limit(), from + (length + 7 & ~7)));
			}
		}
		catch (BufferUnderflowException ex) {
			throw new IllegalArgumentException("A truncated WAL record", ex);
		}
		Map<File, Set<Long>> all = new HashMap<>();
		this.blocks.values()
			.forEach((of) -> of
				.forEach((file, numbers) -> all.computeIfAbsent(file, (key) -> new HashSet<>()).addAll(numbers)));
		return all;
	}

	private void read(int transaction, int info, int manager, ByteBuffer record) {
		if (manager == TRANSACTION && (info & KIND) == ABORT) {
			this.blocks.remove(transaction);
			subtransactions(info, record).forEach(this.blocks::remove);
		}
		else {
			// These are not rolled back
			boolean stays = manager == SEQUENCE || (manager == HEAP && (info & KIND) == IN_PLACE);
			readBlocks(record, this.blocks.computeIfAbsent(stays ? 0 : transaction, (key) -> new HashMap<>()));
		}
	}

	private static List<Integer> subtransactions(int info, ByteBuffer record) {
		int id = record.get() & 0xFF;
		while (id == ORIGIN || id == OUTER_TRANSACTION) {
			record.position(record.position() + ((id == ORIGIN) ? 2 : 4));
			id = record.get() & 0xFF;
		}
		// The length, and the time
		record.position(record.position() + ((id == SHORT_DATA) ? 1 : 4) + 8);
		List<Integer> transactions = new ArrayList<>();
		int content = ((info & 0x80) != 0) ? record.getInt() : 0;
		if ((content & 0x01) != 0) {
			record.getLong();
		}
		if ((content & 0x02) != 0) {
			for (int count = record.getInt(); count > 0; count--) {
				transactions.add(record.getInt());
			}
		}
		return transactions;
	}

	private void readBlocks(ByteBuffer record, Map<File, Set<Long>> found) {
		File file = null;
		// What comes after the headers
		int data = 0;
		while (record.remaining() > data) {
			int id = record.get() & 0xFF;
			if (id > MAX_BLOCK_ID) {
				// The origin and the outer transaction come before the main data
				int skip = (id == ORIGIN) ? 2 : (id == OUTER_TRANSACTION) ? 4 : -1;
				if (skip < 0) {
					return;
				}
				record.position(record.position() + skip);
				continue;
			}
			int flags = record.get() & 0xFF;
			data += record.getShort() & 0xFFFF;
			if ((flags & HAS_IMAGE) != 0) {
				data += record.getInt() & 0xFFFF;
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
				found.computeIfAbsent(file, (key) -> new HashSet<>()).add(block);
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
