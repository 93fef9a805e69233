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

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.apache.tomcat.util.threads.TaskQueue;
import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.awaitility.Awaitility;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import dev.pristine.ownership.TestOwner.Work;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestOwner} and {@link PoolThread}: which threads work for a test
 * because it has started them, and which do not.
 */
@ExtendWith(OnThreadOfNobody.class)
class TestOwnerTests {

	private final TestOwner owner = TestOwner.start("this test", this, 1);

	@Test
	void isRememberedWithoutItsApplicationContext() {
		Object context = new Object();
		WeakReference<Object> reference = new WeakReference<>(context);
		TestOwner remembered = TestOwner.start("earlier test", context, 1);
		assertThat(remembered.isOf(context)).isTrue();
		context = null;
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			assertThat(reference.get()).isNull();
		});
		assertThat(TestOwner.find(remembered.id())).isSameAs(remembered);
	}

	@Test
	void threadOfTestWorksForIt() {
		assertThat(TestOwner.current()).isNull();
		try (Work work = this.owner.run()) {
			assertThat(TestOwner.current()).isSameAs(this.owner);
		}
		assertThat(TestOwner.current()).isNull();
	}

	@Test
	void nestedWorkIsRestored() {
		TestOwner other = TestOwner.start("other", this, 2);
		try (Work work = this.owner.run()) {
			try (Work inner = other.take()) {
				assertThat(TestOwner.current()).isSameAs(other);
			}
			assertThat(TestOwner.current()).isSameAs(this.owner);
		}
	}

	@Test
	void endedTestIsForgottenByItsThread() {
		try (Work work = this.owner.run()) {
			this.owner.end();
			assertThat(TestOwner.current()).isNull();
		}
	}

	@Test
	void endedTestIsReportedByWhatWasHandedOver() {
		try (Work work = this.owner.take()) {
			this.owner.end();
			assertThat(TestOwner.current()).isSameAs(this.owner).extracting(TestOwner::isEnded).isEqualTo(true);
		}
	}

	@Test
	void endedTestIsReportedByItsThreads() throws Exception {
		CompletableFuture<Void> end = new CompletableFuture<>();
		FutureTask<@Nullable TestOwner> late = new FutureTask<>(() -> {
			end.get(10, TimeUnit.SECONDS);
			return TestOwner.current();
		});
		try (Work work = this.owner.run()) {
			new Thread(late).start();
			this.owner.end();
			end.complete(null);
			assertThat(late.get(10, TimeUnit.SECONDS)).isSameAs(this.owner);
		}
	}

	@Test
	void wrappedTaskWorksForOwner() {
		AtomicReference<@Nullable TestOwner> seen = new AtomicReference<>();
		Runnable task = () -> seen.set(TestOwner.current());
		assertThat(TestOwner.wrap(task)).isSameAs(task);
		try (Work work = this.owner.run()) {
			task = TestOwner.wrap(task);
		}
		task.run();
		assertThat(seen.get()).isSameAs(this.owner);
		assertThat(TestOwner.current()).isNull();
	}

	@Test
	void poolThatTestMadeOfItsThreadsWorksForIt() throws Exception {
		ExecutorService pool;
		try (Work work = this.owner.run()) {
			pool = Executors.newFixedThreadPool(1, (loop) -> new Thread(TestOwner.wrap(loop)));
			assertThat(seen(pool)).isSameAs(this.owner);
		}
		assertThat(seen(pool)).isSameAs(this.owner);
		pool.shutdownNow();
	}

	@Test
	void isFoundByItsId() {
		assertThat(TestOwner.find(this.owner.id())).isSameAs(this.owner);
		assertThat(TestOwner.find("other-1")).isNull();
	}

	@Test
	void isForgottenAfterManyOthers() {
		IntStream.range(0, 10_000).forEach((i) -> TestOwner.start("other", this, 0));
		assertThat(TestOwner.find(this.owner.id())).isNull();
	}

	@ParameterizedTest
	@MethodSource
	void threadForOneTaskWorksForItsParent(Executor executor) throws Exception {
		assertThat(seenByNewThread(executor)).isSameAs(this.owner);
	}

	static Stream<Executor> threadForOneTaskWorksForItsParent() {
		Executor threads = (task) -> new Thread(task).start();
		SimpleAsyncTaskExecutor limited = new SimpleAsyncTaskExecutor();
		limited.setConcurrencyLimit(2);
		return Stream.of(threads, (task) -> threads.execute(() -> threads.execute(task)),
				(task) -> new Thread(new FutureTask<>(task, null)).start(),
				(task) -> new Thread(new EmailDispatcher(task)).start(),
				(task) -> threads.execute(() -> new SyncTaskExecutor().execute(task)), new SimpleAsyncTaskExecutor(),
				limited, (task) -> Awaitility.await("a name").until(() -> {
					task.run();
					return true;
				}));
	}

	@ParameterizedTest
	@EnabledForJreRange(min = JRE.JAVA_21)
	@MethodSource
	void virtualThreadWorksForItsParent(Executor executor) throws Exception {
		assertThat(seenByNewThread(executor)).isSameAs(this.owner);
	}

	static Stream<Executor> virtualThreadWorksForItsParent() throws Exception {
		SimpleAsyncTaskExecutor virtual = new SimpleAsyncTaskExecutor();
		virtual.setVirtualThreads(true);
		Method perTask = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
		ExecutorService submits = (ExecutorService) perTask.invoke(null);
		return Stream.of(virtual, (Executor) perTask.invoke(null), submits::submit, (task) -> {
			try {
				Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void threadOfPoolDoesNotWorkForWhoeverStartedIt(String name, Callable<? extends Executor> pool) throws Exception {
		try (Work work = this.owner.run()) {
			assertThat(seen(pool.call())).isNull();
			Executor another = pool.call();
			assertThat(seen((task) -> another.execute(() -> new Thread(task).start()))).isNull();
		}
	}

	static Stream<Arguments> threadOfPoolDoesNotWorkForWhoeverStartedIt() {
		return Stream.of(pool("ThreadPoolExecutor", () -> Executors.newFixedThreadPool(1, daemon())),
				pool("decorated",
						() -> Executors.newFixedThreadPool(1, (loop) -> daemon().newThread(() -> loop.run()))),
				pool("cached", () -> Executors.newCachedThreadPool(daemon())),
				pool("scheduled", () -> Executors.newScheduledThreadPool(1, daemon())),
				pool("ForkJoinPool", () -> new ForkJoinPool(1)), pool("Timer", TestOwnerTests::timer),
				pool("Tomcat", TestOwnerTests::tomcat), pool("Jetty", TestOwnerTests::jetty),
				pool("Netty", () -> new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())),
				pool("ThreadPoolTaskExecutor", TestOwnerTests::spring),
				pool("ThreadPoolTaskScheduler", TestOwnerTests::springScheduler));
	}

	private static Arguments pool(String name, Callable<? extends Executor> pool) {
		return Arguments.of(name, pool);
	}

	private static ThreadFactory daemon() {
		return (loop) -> {
			Thread thread = new Thread(loop);
			thread.setDaemon(true);
			return thread;
		};
	}

	private static Executor timer() {
		Timer timer = new Timer(true);
		return (task) -> timer.schedule(new TimerTask() {
			@Override
			public void run() {
				task.run();
			}
		}, 0);
	}

	private static Executor tomcat() {
		return new org.apache.tomcat.util.threads.ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new TaskQueue(),
				new TaskThreadFactory("tomcat", true, Thread.NORM_PRIORITY));
	}

	private static Executor jetty() throws Exception {
		QueuedThreadPool pool = new QueuedThreadPool(4);
		pool.setDaemon(true);
		pool.start();
		return pool;
	}

	private static Executor spring() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setDaemon(true);
		executor.initialize();
		return executor;
	}

	private static Executor springScheduler() {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setDaemon(true);
		scheduler.initialize();
		return scheduler;
	}

	private @Nullable TestOwner seenByNewThread(Executor executor) throws Exception {
		try (Work work = this.owner.run()) {
			return seen(executor);
		}
	}

	private static @Nullable TestOwner seen(Executor executor)
			throws InterruptedException, ExecutionException, TimeoutException {
		CompletableFuture<@Nullable TestOwner> seen = new CompletableFuture<>();
		executor.execute(() -> seen.complete(TestOwner.current()));
		return seen.get(10, TimeUnit.SECONDS);
	}

	@Nested
	class WithTimeout {

		private @Nullable Work work;

		@BeforeEach
		void startWork() {
			this.work = TestOwnerTests.this.owner.run();
		}

		@AfterEach
		void endWork() {
			if (this.work != null) {
				this.work.close();
			}
		}

		@Test
		@Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
		void threadOfTimeoutWorksForTest() {
			assertThat(Thread.currentThread().getName()).startsWith("junit-timeout-thread");
			assertThat(TestOwner.current()).isSameAs(TestOwnerTests.this.owner);
		}

	}

	/**
	 * Has a name as classes of libraries have whose threads serve many tasks.
	 */
	private record EmailDispatcher(Runnable task) implements Runnable {

		@Override
		public void run() {
			this.task.run();
		}

	}

}
