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

package dev.pristine.ownership;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import dev.pristine.ownership.TestOwner.Work;

/**
 * Whom a reactive chain works for: its subscriber's context tells, whichever thread it is
 * on.
 *
 * @since 0.1.0
 */
public final class ReactiveOwner {

	private ReactiveOwner() {
	}

	/**
	 * Return whom a chain works for.
	 * @param context the context of its subscriber
	 * @return the owner in the context, or else that of the calling thread, or
	 * {@code null} if neither is known
	 */
	public static @Nullable TestOwner of(ContextView context) {
		TestOwner owner = context.getOrDefault(TestOwner.class, null);
		return (owner != null) ? owner : TestOwner.current();
	}

	/**
	 * Return a chain that works for an owner.
	 * @param <T> the type of its elements
	 * @param owner the owner
	 * @param source the chain
	 * @return the same, with the owner in its context and on the threads of its signals
	 */
	public static <T> Publisher<T> bind(TestOwner owner, Publisher<T> source) {
		return (subscriber) -> {
			try (Work work = owner.take()) {
				source.subscribe(new OwnedSubscriber<>(owner, Operators.toCoreSubscriber(subscriber)));
			}
		};
	}

	/**
	 * Have every chain that an owner's thread subscribes to keep that owner, so that it
	 * is known on the threads of drivers, too.
	 */
	static void keep() {
		Hooks.onLastOperator(ReactiveOwner.class.getName(), Operators.lift((publisher, subscriber) -> {
			TestOwner owner = TestOwner.current();
			return (owner == null || subscriber.currentContext().hasKey(TestOwner.class)) ? subscriber
					: new OwnedSubscriber<>(owner, subscriber);
		}));
	}

	private static final class OwnedSubscriber<T> implements CoreSubscriber<T>, Subscription {

		private final TestOwner owner;

		private final CoreSubscriber<? super T> subscriber;

		private @Nullable Subscription subscription;

		OwnedSubscriber(TestOwner owner, CoreSubscriber<? super T> subscriber) {
			this.owner = owner;
			this.subscriber = subscriber;
		}

		@Override
		public Context currentContext() {
			return this.subscriber.currentContext().put(TestOwner.class, this.owner);
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			run(() -> this.subscriber.onSubscribe(this));
		}

		@Override
		public void onNext(T element) {
			run(() -> this.subscriber.onNext(element));
		}

		@Override
		public void onError(Throwable ex) {
			run(() -> this.subscriber.onError(ex));
		}

		@Override
		public void onComplete() {
			run(this.subscriber::onComplete);
		}

		@Override
		public void request(long n) {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				run(() -> subscription.request(n));
			}
		}

		@Override
		public void cancel() {
			if (this.subscription != null) {
				run(this.subscription::cancel);
			}
		}

		private void run(Runnable signal) {
			this.owner.bind(signal).run();
		}

	}

}
