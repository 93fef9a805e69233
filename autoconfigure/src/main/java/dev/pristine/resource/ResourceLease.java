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

package dev.pristine.resource;

/**
 * A hold on one isolated copy of a resource. For each scope, {@link #prepare} is called
 * before anything inside it runs and {@link #reset} after it, strictly nested: a class
 * before its tests, an enclosing class before its nested ones.
 * <p>
 * Not called for scopes with {@link dev.pristine.TestIsolation#NONE}.
 *
 * @since 0.1.0
 */
public interface ResourceLease extends AutoCloseable {

	/**
	 * Called on every lease before the first of them is {@link #prepare prepared}: what
	 * this lease asks its server now, without waiting for the answer, is answered while
	 * the other leases are at work. What fails is left to {@link #prepare}.
	 * @param scope the scope that is about to start
	 */
	default void announcePrepare(TestScope scope) {
	}

	/**
	 * Start a scope. What the resource holds now is what {@link #reset} has to bring
	 * back.
	 * <p>
	 * If the scope is a class, changes that were made since the last reset (by the
	 * constructor of a test class, say) belong to it as well.
	 * @param scope the scope that starts
	 * @throws ResourceException if the resource cannot give the isolation
	 */
	void prepare(TestScope scope);

	/**
	 * Called on every lease before the first of them is {@link #reset}: what this lease
	 * asks or tells its server now, without waiting for the answer, is done while the
	 * other leases are at work. What fails is left to {@link #reset}.
	 * @param scope the scope that is about to end
	 */
	default void announceReset(TestScope scope) {
	}

	/**
	 * End a scope and undo its changes.
	 * @param scope the scope that ends; the one that was prepared last
	 * @throws ResourceException if the changes could not be undone: the copy is not used
	 * again
	 */
	void reset(TestScope scope);

	/**
	 * Undo what happened outside of any scope, which is what tests with
	 * {@link dev.pristine.TestIsolation#NONE} leave behind: back to the state that the
	 * innermost open scope started from, or else to the baseline.
	 * @throws ResourceException if the changes could not be undone
	 */
	void restore();

	/**
	 * Return whether the copy can be used for further scopes. Asked after each reset. If
	 * not, the next test gets a new copy; the reset has told why.
	 * @return {@code false} if the copy has to be replaced
	 */
	default boolean isUsable() {
		return true;
	}

	/**
	 * Give the copy back for good.
	 */
	@Override
	void close();

}
