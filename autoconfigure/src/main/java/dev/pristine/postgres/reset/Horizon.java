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

/**
 * The transaction id from which on rows are new.
 *
 * @param xid the oldest transaction whose effects the known state does not contain
 * @param own later transactions of the reset itself, whose rows are not new
 */
record Horizon(String xid, List<String> own) {

	/**
	 * The condition on the rows of a table. Ids are compared by their age, so wraparound
	 * does no harm: what is new is young at any rate; at worst an ancient row is taken
	 * for a new one and the table is restored in vain.
	 */
	static final String NEWER = "age(xmin) <= (SELECT age(h) FROM horizon) AND xmin <> ALL ((SELECT own FROM horizon)::xid[])";

	// Return what a statement with NEWER starts with
	String with() {
		return "WITH horizon(h, own) AS MATERIALIZED (SELECT CAST(? AS xid), CAST(? AS xid[])) ";
	}

	String[] parameters() {
		return new String[] { this.xid, "{" + String.join(",", this.own) + "}" };
	}

}
