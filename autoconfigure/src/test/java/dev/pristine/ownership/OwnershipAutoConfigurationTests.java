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

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.boot.task.ThreadPoolTaskSchedulerBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.ContextView;

import dev.pristine.ownership.TestOwner.Work;
import dev.pristine.resource.CurrentSlot;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OwnershipAutoConfiguration}: what goes to another thread takes its
 * owner along. Every owner is seen on a thread that has worked for another one before.
 */
@ExtendWith(OnThreadOfNobody.class)
class OwnershipAutoConfigurationTests {

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class,
				TaskSchedulingAutoConfiguration.class, OwnershipAutoConfiguration.class))
		.withPropertyValues("spring.task.execution.pool.core-size=1")
		.withBean(CurrentSlot.class, () -> () -> 0);

	private final TestOwner one = TestOwner.start("one", this, 1);

	private final TestOwner two = TestOwner.start("two", this, 2);

	@Test
	void asyncMethodWorksForItsCaller() {
		this.application.withUserConfiguration(Background.class)
			.run((context) -> assertTravels(() -> context.getBean(Background.class).owner()));
	}

	@Test
	void executorWorksForWhoeverSubmits() {
		this.application.run((context) -> {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			assertTravels(() -> executor.submitCompletable(TestOwner::current));
			assertTravels(() -> CompletableFuture.supplyAsync(TestOwner::current, executor));
		});
	}

	@Test
	void everyBuilderOfSpringBootTakesOwnerAlong() {
		this.application.run((context) -> {
			assertTravels(context.getBean(ThreadPoolTaskExecutorBuilder.class).build(), (executor) -> {
				executor.initialize();
				return executor.submitCompletable(TestOwner::current);
			});
			assertTravels(context.getBean(SimpleAsyncTaskExecutorBuilder.class).build(),
					(executor) -> executor.submitCompletable(TestOwner::current));
			ThreadPoolTaskScheduler scheduler = context.getBean(ThreadPoolTaskSchedulerBuilder.class).build();
			scheduler.initialize();
			assertTravels(() -> scheduled(scheduler));
			scheduler.shutdown();
			SimpleAsyncTaskScheduler simple = context.getBean(SimpleAsyncTaskSchedulerBuilder.class).build();
			assertTravels(() -> simple.submitCompletable(TestOwner::current));
			simple.close();
		});
	}

	private static CompletableFuture<@Nullable TestOwner> scheduled(TaskScheduler scheduler) {
		CompletableFuture<@Nullable TestOwner> seen = new CompletableFuture<>();
		scheduler.schedule(() -> seen.complete(TestOwner.current()), scheduler.getClock().instant().plusMillis(5));
		return seen;
	}

	@Test
	void decoratorOfApplicationIsInjectedAndApplied() {
		AtomicInteger decorated = new AtomicInteger();
		TaskDecorator own = (task) -> {
			decorated.incrementAndGet();
			return task;
		};
		this.application.withBean("own", TaskDecorator.class, () -> own).run((context) -> {
			assertThat(context.getBeanProvider(TaskDecorator.class).getIfUnique()).isSameAs(own);
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			assertTravels(() -> executor.submitCompletable(TestOwner::current));
			assertThat(decorated).hasPositiveValue();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { SpringBootScheduler.class, OwnScheduler.class, SimpleScheduler.class })
	void scheduledMethodsWorkForApplication(Class<?> scheduler) {
		try (Work work = this.one.run()) {
			this.application.withUserConfiguration(scheduler, Jobs.class).run((context) -> {
				Map<String, String> seen = context.getBean(Jobs.class).seen;
				Awaitility.await()
					.untilAsserted(() -> assertThat(seen).containsOnlyKeys("rate", "delay", "cron", "other"));
				assertThat(seen.values())
					.allSatisfy((owner) -> assertThat(owner).endsWith("the application's scheduled work"));
				assertThat(seen.get("other")).startsWith("other-");
			});
		}
	}

	@Test
	void whatTheApplicationSubmitsAtItsStartWorksForApplication() {
		this.application.withUserConfiguration(Poller.class).run((context) -> {
			Set<String> seen = context.getBean(Poller.class).seen;
			Awaitility.await().until(() -> !seen.isEmpty());
			assertThat(seen).containsExactly("the application's own work");
			assertTravels(() -> scheduled(context.getBean(TaskScheduler.class)));
		});
	}

	@Test
	void snapshotOfMicrometerTakesOwnerAlong() throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(1);
		pool.submit(() -> {
		}).get();
		ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
		ExecutorService wrapped = ContextExecutorService.wrap(pool, snapshots::captureAll);
		assertTravels(() -> CompletableFuture.supplyAsync(TestOwner::current, wrapped));
		assertThat(pool.submit(TestOwner::current).get()).isNull();
		try (Work work = this.one.run()) {
			Callable<@Nullable TestOwner> task;
			try (Work inner = this.two.take()) {
				task = snapshots.captureAll().wrap(TestOwner::current);
			}
			assertThat(task.call()).isSameAs(this.two);
			assertThat(TestOwner.current()).isSameAs(this.one);
		}
		pool.shutdown();
	}

	@Test
	void schedulersOfReactorTakeOwnerAlong() {
		this.application.run((context) -> {
			assertTravels(
					() -> Mono.fromCallable(TestOwner::current).subscribeOn(Schedulers.boundedElastic()).toFuture());
			assertTravels(() -> Mono.just("a")
				.publishOn(Schedulers.parallel())
				.mapNotNull((any) -> TestOwner.current())
				.toFuture());
		});
	}

	@Test
	void contextOfSubscriberTellsOwner() {
		Mono<String> owner = Mono.deferContextual((context) -> Mono.justOrEmpty(ReactiveOwner.of(context)))
			.map(TestOwner::toString);
		assertThat(owner.blockOptional()).isEmpty();
		try (Work work = this.one.run()) {
			assertThat(owner.block()).isEqualTo("one");
			assertThat(owner.contextWrite((context) -> context.put(TestOwner.class, this.two)).block())
				.isEqualTo("two");
		}
	}

	@Test
	void chainKeepsOwnerThatSubscribedOnEveryThread() {
		ExecutorService foreign = Executors.newSingleThreadExecutor();
		Mono<String> answer = Mono.create((sink) -> foreign.execute(() -> sink.success("answer")));
		Mono<TestOwner> next = Mono.deferContextual((context) -> Mono.justOrEmpty(ReactiveOwner.of(context)));
		this.application.run((context) -> {
			assertTravels(() -> answer.then(next).toFuture());
			try (Work work = this.one.run()) {
				StepVerifier.create(answer.thenMany(next)).expectNext(this.one).verifyComplete();
			}
		});
		foreign.shutdown();
	}

	@Test
	void boundChainWorksForOwnerOnEveryThread() {
		ExecutorService foreign = Executors.newSingleThreadExecutor();
		Mono<String> source = Mono.create((sink) -> foreign.execute(() -> sink.success(name(sink.contextView()))));
		Mono<String> bound = Mono.fromDirect(ReactiveOwner.bind(this.two, source)).map((seen) -> seen + " " + name());
		assertThat(source.map((seen) -> seen + " " + name()).block()).isEqualTo("null null");
		assertThat(bound.block()).isEqualTo("two two");
		assertThat(
				Mono.fromDirect(ReactiveOwner.bind(this.two, Mono.fromCallable(OwnershipAutoConfigurationTests::name)))
					.block())
			.isEqualTo("two");
		assertThat(name()).isEqualTo("null");
		foreign.shutdown();
	}

	private static String name() {
		return String.valueOf(TestOwner.current());
	}

	private static String name(ContextView context) {
		return String.valueOf(ReactiveOwner.of(context));
	}

	@Test
	void automaticPropagationOfReactorTakesOwnerAlong() {
		ExecutorService foreign = Executors.newSingleThreadExecutor();
		Mono<String> answer = Mono.create((sink) -> foreign.execute(() -> sink.success("answer"))).map((any) -> name());
		Hooks.enableAutomaticContextPropagation();
		try (Work work = this.two.run()) {
			assertThat(answer.block()).isEqualTo("two");
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
			foreign.shutdown();
		}
	}

	@Test
	void needsNeitherReactorNorMicrometer() {
		this.application.withClassLoader(new FilteredClassLoader("reactor", "io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(TaskDecorator.class));
	}

	private <E> void assertTravels(E executor, SubmissionTo<E> submission) throws Exception {
		assertTravels(() -> submission.submit(executor));
	}

	private void assertTravels(Submission submission) throws Exception {
		for (TestOwner owner : Stream.of(this.one, this.two, this.one).toList()) {
			try (Work work = owner.run()) {
				assertThat(submission.submit().get(10, TimeUnit.SECONDS)).isSameAs(owner);
			}
		}
		assertThat(submission.submit().get(10, TimeUnit.SECONDS)).isNull();
	}

	private interface Submission {

		CompletableFuture<@Nullable TestOwner> submit() throws Exception;

	}

	private interface SubmissionTo<E> {

		CompletableFuture<@Nullable TestOwner> submit(E executor) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Background {

		@Async
		CompletableFuture<@Nullable TestOwner> owner() {
			return CompletableFuture.completedFuture(TestOwner.current());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Jobs {

		private final Map<String, String> seen = new ConcurrentHashMap<>();

		@Scheduled(fixedRate = 10)
		void rate() {
			see("rate");
		}

		@Scheduled(fixedDelay = 10)
		void delay() {
			see("delay");
		}

		@Scheduled(cron = "* * * * * *")
		void cron() {
			see("cron");
		}

		@Scheduled(fixedRate = 10, scheduler = "other")
		void elsewhere() {
			see("other");
		}

		private void see(String job) {
			this.seen.put(job, Thread.currentThread().getName() + ": " + TestOwner.current());
		}

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler other() {
			return new ThreadPoolTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SpringBootScheduler {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnScheduler {

		@Bean
		ThreadPoolTaskScheduler own() {
			return new ThreadPoolTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SimpleScheduler {

		@Bean
		SimpleAsyncTaskScheduler simple() {
			return new SimpleAsyncTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Poller implements SmartLifecycle {

		final Set<String> seen = ConcurrentHashMap.newKeySet();

		private final TaskScheduler scheduler;

		Poller(TaskScheduler scheduler) {
			this.scheduler = scheduler;
		}

		@Override
		public void start() {
			this.scheduler.scheduleWithFixedDelay(() -> this.seen.add(String.valueOf(TestOwner.current())),
					Duration.ofMillis(5));
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
