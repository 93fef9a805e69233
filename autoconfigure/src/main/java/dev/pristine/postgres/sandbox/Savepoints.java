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

package dev.pristine.postgres.sandbox;

import java.sql.SQLException;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.AutoSave;

/**
 * The savepoints that stand on the physical connection: where a failure goes back to, and
 * which of them have served.
 */
final class Savepoints {

	/**
	 * What sets the driver's savepoint for the next statement. Sent with the one before,
	 * it costs a third of what it does when the driver sends it, as the server answers to
	 * both at once.
	 */
	static final String NEXT = "\n;SAVEPOINT PGJDBC_AUTOSAVE";

	/**
	 * After so many statements in auto-commit, the savepoints that they have left are
	 * released. Connections with {@code cleanupSavepoints=true} leave none.
	 */
	private static final int LOOSE_SAVEPOINTS = 64;

	/**
	 * The driver prepares a statement anew and tries it again after these, if it has set
	 * a savepoint.
	 */
	private static final Set<String> OUTDATED_PLAN = Set.of("0A000", "26000");

	private static final String BASE = "pristine_base";

	private static final String OF_DRIVER = "PGJDBC_AUTOSAVE";

	private final PhysicalConnection connection;

	private final boolean stay;

	/**
	 * A savepoint that has served, to be released with the next command.
	 */
	private @Nullable String served;

	/**
	 * Whether nothing has changed since the driver's last savepoint, so that the next
	 * statement needs none.
	 */
	private boolean fresh;

	private int loose;

	private boolean base;

	Savepoints(PhysicalConnection connection) throws SQLException {
		this.connection = connection;
		this.stay = stay(connection);
	}

	/**
	 * Run a statement in auto-commit, so that its failure leaves the rest intact.
	 * @param <T> the type of its result
	 * @param sql the statement
	 * @param work what runs it
	 * @return its result
	 * @throws SQLException if it fails
	 */
	<T extends @Nullable Object> T run(Sql sql, Execution.Work<T> work) throws SQLException {
		boolean reuse = this.fresh && this.stay;
		this.fresh = false;
		T result = reuse ? withoutNew(work) : withNew(work);
		if (work.setsSavepoint()) {
			this.loose++;
			this.fresh = true;
			return result;
		}
		// The driver may have known the answer to an unnamed one, and set no savepoint
		this.fresh = sql.pure() && (reuse || !sql.text().isEmpty());
		return result;
	}

	private <T extends @Nullable Object> T withNew(Execution.Work<T> work) throws SQLException {
		this.loose++;
		this.connection.autoSave(AutoSave.ALWAYS);
		try {
			return work.run();
		}
		finally {
			this.connection.autoSave(AutoSave.NEVER);
		}
	}

	private <T extends @Nullable Object> T withoutNew(Execution.Work<T> work) throws SQLException {
		try {
			return work.run();
		}
		catch (SQLException ex) {
			if (this.connection.isAborted()) {
				this.connection.send("ROLLBACK TO SAVEPOINT " + OF_DRIVER);
				if (ex.getSQLState() != null && OUTDATED_PLAN.contains(ex.getSQLState())) {
					return withNew(work);
				}
				this.fresh = true;
			}
			throw ex;
		}
	}

	/**
	 * Return whether the driver's savepoints stay, so that one can serve the statement
	 * after the next.
	 * @return whether they do
	 */
	boolean stay() {
		return this.stay;
	}

	/**
	 * Take note that something has changed.
	 */
	void changed() {
		this.fresh = false;
	}

	/**
	 * Set a savepoint.
	 * @param name its name
	 */
	void set(String name) throws SQLException {
		set(name, "");
	}

	/**
	 * Set a savepoint, and send what belongs to it in the same round trip.
	 * @param name its name
	 * @param commands more commands, each after a semicolon
	 */
	void set(String name, String commands) throws SQLException {
		this.fresh = false;
		String release = (this.served != null) ? "RELEASE SAVEPOINT " + this.served + ";" : "";
		this.connection.send(release + "SAVEPOINT " + name + commands);
		this.served = null;
	}

	/**
	 * Go back to a savepoint, which stays.
	 * @param name its name
	 */
	void backTo(String name) throws SQLException {
		this.fresh = false;
		this.connection.send("ROLLBACK TO SAVEPOINT " + name);
		this.served = null;
	}

	/**
	 * Go back to a savepoint, and release it.
	 * @param name its name
	 */
	void undo(String name) throws SQLException {
		this.fresh = false;
		this.connection.send("ROLLBACK TO SAVEPOINT " + name + ";RELEASE SAVEPOINT " + name);
		this.served = null;
	}

	/**
	 * Release a savepoint at once.
	 * @param name its name
	 */
	void release(String name) throws SQLException {
		this.fresh = false;
		this.connection.send("RELEASE SAVEPOINT " + name);
		this.served = null;
	}

	/**
	 * Take note that a savepoint is not needed any longer.
	 * @param name its name
	 */
	void served(String name) {
		this.fresh = false;
		this.served = name;
	}

	/**
	 * Take note that the one that has served may be gone with another one.
	 */
	void forgetServed() {
		this.served = null;
	}

	/**
	 * Return whether statements in auto-commit have left many.
	 * @return whether they are to be tidied up
	 */
	boolean areMany() {
		return this.loose >= LOOSE_SAVEPOINTS;
	}

	/**
	 * Release what statements in auto-commit have left, while no transaction is open.
	 */
	void tidy() throws SQLException {
		this.fresh = false;
		this.connection.send((this.base ? "RELEASE SAVEPOINT " + BASE + ";" : "") + "SAVEPOINT " + BASE);
		this.served = null;
		this.base = true;
		this.loose = 0;
	}

	/**
	 * Forget everything: a scope starts, or has been undone.
	 */
	void reset() {
		this.served = null;
		this.fresh = false;
		this.base = false;
		this.loose = 0;
	}

	private static boolean stay(PhysicalConnection connection) throws SQLException {
		connection.send("SELECT 1");
		connection.autoSave(AutoSave.ALWAYS);
		connection.send("SELECT 1");
		connection.autoSave(AutoSave.NEVER);
		try {
			connection.send("RELEASE SAVEPOINT " + OF_DRIVER);
			return true;
		}
		catch (SQLException ex) {
			// The connection has cleanupSavepoints=true
			return false;
		}
		finally {
			connection.send("ROLLBACK");
		}
	}

}
