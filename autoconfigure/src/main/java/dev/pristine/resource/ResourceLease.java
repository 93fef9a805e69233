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

import org.jspecify.annotations.Nullable;

import dev.pristine.TestIsolation;

/**
 * A hold on one isolated copy of a resource, which can remember its state and return to
 * it. Which state belongs to which class or test is not its concern.
 * <p>
 * For each test: {@link #restore} to what the class gives to its tests, {@link #enter},
 * the test, and {@link #restore} again. Both are to cost little where nothing changed.
 *
 * @param <S> the type of state
 * @since 0.1.0
 */
public interface ResourceLease<S> extends AutoCloseable {

	/**
	 * Return why this copy cannot be isolated in some way.
	 * @param isolation the isolation that a test asks for
	 * @return the reason and what to do about it, or {@code null} if it can
	 */
	default @Nullable String refusal(TestIsolation isolation) {
		return null;
	}

	/**
	 * Called on every lease before the first of them is captured or restored: what this
	 * lease asks its server now, without waiting for the answer, is answered while the
	 * others are at work. What fails is left to the call that follows.
	 * @param next the state to which {@link #restore} is about to return, or {@code null}
	 * if the present one is captured: nothing may be written then
	 */
	default void announce(@Nullable S next) {
	}

	/**
	 * Remember the present state.
	 * @return what {@link #restore} brings back, any number of times; an equal one if
	 * nothing has changed
	 * @throws ResourceException if the state cannot be read
	 */
	S capture();

	/**
	 * Start a scope. The state has just been captured or restored.
	 * @param scope the scope that starts; never one with {@link TestIsolation#NONE}
	 * @throws ResourceException if the resource cannot give the isolation
	 */
	default void enter(TestScope scope) {
	}

	/**
	 * Return to a state.
	 * @param state the state, captured by this lease
	 * @param culprit who is named if something had to be undone that should not have
	 * happened: a test, or what came before it
	 * @throws ResourceException if the state could not be brought back: the copy is not
	 * used again
	 */
	void restore(S state, String culprit);

	/**
	 * Tell what came to this copy although the tests work on others. Called on that of
	 * slot 0 when all tests of a run have ended.
	 */
	default void tellOfStrays() {
	}

	/**
	 * Return whether the copy can be used for further scopes. Asked after each restore.
	 * If not, the next test gets a new copy; the restore has told why.
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
