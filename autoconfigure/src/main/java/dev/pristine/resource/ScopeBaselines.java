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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The states that the open scopes of a lease start from. An outermost scope answers for
 * everything since the last reset and starts from the baseline of the resource. The ones
 * inside it all start from what is there when the first of them starts: what
 * {@code @BeforeAll} wrote, say. Whatever is written later and outside of them belongs to
 * nobody.
 *
 * @param <S> the type of state
 * @since 0.1.0
 */
public final class ScopeBaselines<S> {

	private final Supplier<? extends S> origin;

	/**
	 * For each open scope, the outermost first, what the scopes inside it start from,
	 * once there was one.
	 */
	private final List<@Nullable S> inside = new ArrayList<>();

	/**
	 * Create the states while no scope is open.
	 * @param origin returns the baseline of the resource
	 */
	public ScopeBaselines(Supplier<? extends S> origin) {
		this.origin = origin;
	}

	/**
	 * Open a scope. If this fails, the scope is not open.
	 * @param scope the scope
	 * @param capture reads the present state; called for the first scope inside another
	 * @param restore brings a state back; called for the further ones, unless they are
	 * {@link TestScope#isAdopting() adopting}
	 */
	public void open(TestScope scope, Supplier<? extends S> capture, Consumer<? super S> restore) {
		int parent = this.inside.size() - 1;
		if (parent >= 0) {
			S known = this.inside.get(parent);
			if (known == null) {
				this.inside.set(parent, capture.get());
			}
			else if (!scope.isAdopting()) {
				restore.accept(known);
			}
		}
		this.inside.add(null);
	}

	/**
	 * Close the innermost scope.
	 * @return the state that it started from
	 */
	public S close() {
		this.inside.remove(this.inside.size() - 1);
		return current();
	}

	/**
	 * Return what has to be there while no test runs.
	 * @return the state that the innermost open scope gives to those inside it, or else
	 * the one that it started from
	 */
	public S current() {
		for (int i = this.inside.size() - 1; i >= 0; i--) {
			S state = this.inside.get(i);
			if (state != null) {
				return state;
			}
		}
		return this.origin.get();
	}

	/**
	 * Return whether no scope is open.
	 * @return {@code true} if the next scope is an outermost one
	 */
	public boolean isEmpty() {
		return this.inside.isEmpty();
	}

}
