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

import java.util.ArrayList;
import java.util.List;

/**
 * Which rows are newer than the known state.
 *
 * @param xid the oldest transaction whose effects the known state does not contain
 * @param own later transactions of the reset itself, whose rows are not new
 */
record NewRows(String xid, List<String> own) {

	/**
	 * The condition on the rows of a table. Ids are compared by their age, so wraparound
	 * does no harm: what is new is young at any rate; at worst an ancient row is taken
	 * for a new one and looked at in vain.
	 */
	static final String NEW = "age(xmin) <= (SELECT age(oldest) FROM since) AND xmin <> ALL ((SELECT own FROM since)::xid[])";

	/** What a statement with NEW starts with. */
	static final String WITH = "WITH since(oldest, own) AS MATERIALIZED (SELECT CAST(? AS xid), CAST(? AS xid[])) ";

	NewRows except(String xid) {
		List<String> own = new ArrayList<>(this.own);
		own.add(xid);
		return new NewRows(this.xid, own);
	}

	String[] parameters() {
		return new String[] { this.xid, "{" + String.join(",", this.own) + "}" };
	}

}
