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

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * How far the server had come when the database was looked at. Read <em>before</em>
 * looking, so that whatever happens meanwhile is noticed the next time.
 * <p>
 * Two equal evidences prove that nobody wrote in between:
 * <ul>
 * <li>Rows: every statement that changes rows takes a transaction id, also on unlogged
 * tables, and equal snapshots see equal rows by definition. A transaction that was open
 * both times is visible neither time.</li>
 * <li>Sequences: they are not transactional, hence the WAL position. The first value that
 * is taken after {@code setval} is logged, the next 32 are not, so every sequence is left
 * as {@code setval} leaves it. Unlogged sequences log nothing; their positions are read
 * each time.</li>
 * </ul>
 * Checkpoints, vacuum and hint bits may move the WAL although nobody wrote: that costs a
 * probe, no more.
 *
 * @param lsn the WAL insert position
 * @param snapshot the transactions whose effects are visible
 * @param next the next transaction id
 * @param server what of the whole server is changed without a trace in the WAL
 * @param own transactions of the reset that it may not have seen, whose rows are not new
 */
record Evidence(String lsn, String snapshot, long next, String server, List<String> own) {

	/**
	 * The condition on the rows of a table that they are newer than the oldest
	 * transaction that an evidence may not have seen, and not the reset's own. Ids are
	 * compared by their age, so wraparound does no harm: what is new is young at any
	 * rate; at worst an ancient row is taken for a new one and looked at in vain.
	 */
	static final String NEW = "age(xmin) <= (SELECT age(oldest) FROM since) AND xmin <> ALL ((SELECT own FROM since)::xid[])";

	/** What a statement with NEW starts with. */
	static final String SINCE = "WITH since(oldest, own) AS MATERIALIZED (SELECT CAST(? AS xid), CAST(? AS xid[])) ";

	/** Where ALTER SYSTEM writes. The time alone is in whole seconds. */
	private static final String SETTINGS = "(SELECT concat(size, modification) FROM pg_stat_file('postgresql.auto.conf', true))";

	/**
	 * The query, but for what a superuser sees. It is evaluated from left to right, on a
	 * snapshot taken earlier; the order matters for isQuiet().
	 */
	private static final String QUERY = "SELECT pg_current_wal_insert_lsn()::text, pg_current_snapshot()::text,"
			+ " age('3'::xid)::bigint + 3, concat((SELECT string_agg(slot_name, ',') FROM pg_get_replication_slots())";

	// Return the query: constants, as it is sent with each test
	static String sql(boolean superuser) {
		return superuser ? QUERY + ", " + SETTINGS + ")" : QUERY + ")";
	}

	static Evidence of(ResultSet result) throws SQLException {
		return new Evidence(result.getString(1), result.getString(2), result.getLong(3) & 0xFFFFFFFFL,
				result.getString(4), List.of());
	}

	// Return the same moment, of which other transactions are known to be the reset's own
	Evidence with(List<String> own) {
		return own.isEmpty() ? this : new Evidence(this.lsn, this.snapshot, this.next, this.server,
				Stream.concat(this.own.stream(), own.stream()).distinct().toList());
	}

	// Return whether nobody wrote in between, whoever knows of own transactions
	boolean isSameMoment(Evidence other) {
		return this.lsn.equals(other.lsn) && this.snapshot.equals(other.snapshot) && this.next == other.next
				&& this.server.equals(other.server);
	}

	// Return whether every transaction id handed out so far belonged to a transaction
	// that the snapshot saw ending. Then what commits later also writes its WAL later.
	boolean isQuiet() {
		return (xmax() & 0xFFFFFFFFL) == this.next && this.snapshot.endsWith(":");
	}

	// Return whether later differs by exactly one transaction that has ended. If that
	// was ours, nobody else wrote.
	boolean isFollowedByOne(Evidence later) {
		return isQuiet() && later.isQuiet() && later.xmax() == xmax() + 1 && later.server.equals(this.server);
	}

	// Return the parameters of SINCE. Without its epoch, the oldest transaction id whose
	// effects the snapshot may not see
	String[] since() {
		long oldest = Long.parseLong(this.snapshot.substring(0, this.snapshot.indexOf(':'))) & 0xFFFFFFFFL;
		return new String[] { Long.toString(oldest), "{" + String.join(",", this.own) + "}" };
	}

	// Return the number of bytes of WAL between a position and this evidence
	long bytesSince(String start) {
		return position(this.lsn) - position(start);
	}

	private long xmax() {
		int start = this.snapshot.indexOf(':') + 1;
		return Long.parseLong(this.snapshot.substring(start, this.snapshot.indexOf(':', start)));
	}

	static long position(String lsn) {
		int slash = lsn.indexOf('/');
		return (Long.parseLong(lsn.substring(0, slash), 16) << 32) + Long.parseLong(lsn.substring(slash + 1), 16);
	}

}
