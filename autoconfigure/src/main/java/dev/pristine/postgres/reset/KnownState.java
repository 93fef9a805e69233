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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the database is known to have held, and when.
 *
 * @param baseline the content
 * @param evidence how far the server was, or {@code null} if somebody else was at work
 * @param walStart from where on the WAL has everything that changed since, or
 * {@code null} if that is not known
 * @param newRows which rows have been written since
 */
record KnownState(Baseline baseline, @Nullable Evidence evidence, @Nullable String walStart, NewRows newRows) {

	/** Every row is newer than this. */
	static final NewRows EVERYTHING = new NewRows("3", List.of());

	// Return the state with what was found or made at a later moment. As long as a
	// transaction is open, what it writes may lie before that moment.
	KnownState at(Baseline baseline, Evidence now) {
		return now.isQuiet() ? new KnownState(baseline, now, now.lsn(), new NewRows(now.oldest(), List.of()))
				: new KnownState(baseline, now, this.walStart, new NewRows(now.oldest(), this.newRows.own()));
	}

	// Return the state after a transaction of the reset's own
	KnownState after(Baseline baseline, Evidence before, @Nullable String xid, Evidence after) {
		if (xid == null || before.isFollowedByOne(after)) {
			return at(baseline, (xid != null) ? after : before);
		}
		KnownState state = at(baseline, before);
		return new KnownState(baseline, null, state.walStart, state.newRows.except(xid));
	}

	// Return the state after something that nothing can be told about
	KnownState uncertain(Baseline baseline) {
		return new KnownState(baseline, null, null, this.newRows);
	}

}
