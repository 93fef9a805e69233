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

package dev.pristine.opa;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.pristine.launch.SlotAddressAutoConfiguration;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceLease;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for several slots in one application context. A thread works on the slot that
 * {@link #slot} says.
 */
@OpaTest
@ExtendWith(OutputCaptureExtension.class)
class OpaSlotsIntegrationTests {

	private static final ThreadLocal<Integer> slot = ThreadLocal.withInitial(() -> 0);

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(OpaAutoConfiguration.class, RestClientAutoConfiguration.class,
				SlotAddressAutoConfiguration.class))
		.withPropertyValues("pristine.launch=embedded", "pristine.opa.policies=classpath:dev/pristine/opa/policies/")
		.withBean(CurrentSlot.class, () -> slot::get);

	@Test
	void testsOnTwoSlotsDoNotSeeEachOther() {
		this.contexts.run((context) -> {
			OpaResource resource = context.getBean(OpaResource.class);
			OpaClient opa = context.getBean(OpaClient.class);
			opa.putData("at/start", true);
			ResourceLease<OpaState> home = resource.lease(0);
			OpaState baseline = home.capture();
			opa.putData("later", true);
			assertThat(resource.onlyCopy()).isNull();
			ExecutorService threads = Executors.newFixedThreadPool(2);
			ResourceLease<OpaState> first = resource.lease(1);
			try (first; ResourceLease<OpaState> second = resource.lease(2)) {
				CyclicBarrier barrier = new CyclicBarrier(2);
				Future<?> one = threads.submit(() -> work(context, 1, first, barrier));
				Future<?> two = threads.submit(() -> work(context, 2, second, barrier));
				one.get(30, TimeUnit.SECONDS);
				two.get(30, TimeUnit.SECONDS);
				assertThat(opa.find("name", null, String.class)).isEmpty();
				assertThat(opa.find("later", null, Boolean.class)).contains(true);
				home.restore(baseline, "test");
				first.close();
				assertThat(first.isUsable()).isFalse();
				assertThat(second.isUsable()).isTrue();
			}
			finally {
				threads.shutdownNow();
			}
		});
	}

	private static Void work(ApplicationContext context, int number, ResourceLease<OpaState> lease,
			CyclicBarrier barrier) throws Exception {
		slot.set(number);
		OpaClient opa = context.getBean(OpaClient.class);
		RestClient application = context.getBean(RestClient.Builder.class)
			.baseUrl(context.getBean(OpaConnectionDetails.class).getUrl().toString())
			.build();
		OpaState baseline = lease.capture();
		for (int i = 0; i < 3; i++) {
			assertThat(opa.policies()).containsExactly("authz/authz.rego", "roles.rego");
			assertThat(opa.evaluate("at/start", null, Boolean.class)).isTrue();
			assertThat(opa.find("later", null, Boolean.class)).isEmpty();
			assertThat(opa.find("name", null, String.class)).isEmpty();
			barrier.await(10, TimeUnit.SECONDS);
			opa.putData("name", "test " + number);
			opa.putPolicy("names.rego", "package names\nnumber := " + number);
			barrier.await(10, TimeUnit.SECONDS);
			assertThat(application.get().uri("/v1/data/name").retrieve().body(Map.class)).containsEntry("result",
					"test " + number);
			assertThat(opa.evaluate("names/number", null, Integer.class)).isEqualTo(number);
			barrier.await(10, TimeUnit.SECONDS);
			// The other's changes are there while this one is reset
			if (number == 1) {
				lease.restore(baseline, "test");
			}
			barrier.await(10, TimeUnit.SECONDS);
			assertThat(opa.find("name", null, String.class))
				.isEqualTo((number == 1) ? Optional.empty() : Optional.of("test 2"));
			lease.restore(baseline, "test");
		}
		return null;
	}

	@Test
	void requestThatNobodyLeadsIsNamedOnce(CapturedOutput output) {
		this.contexts.run((context) -> {
			OpaResource resource = context.getBean(OpaResource.class);
			OpaConnectionDetails details = context.getBean(OpaConnectionDetails.class);
			resource.lease(0).capture();
			TestOpa.send(details.getUrl(), "POST", "/v1/data/at/start", "{}");
			try (ResourceLease<OpaState> lease = resource.lease(1)) {
				OpaState baseline = lease.capture();
				lease.restore(baseline, "test");
				assertThat(output).doesNotContain("/v1/data/at/start");
				TestOpa.send(details.getUrl(), "POST", "/v1/data/first", "{}");
				lease.restore(baseline, "test");
				assertThat(output).contains("'/v1/data/first' went to the server that the application started with");
				TestOpa.send(details.getUrl(), "POST", "/v1/data/second", "{}");
				lease.restore(baseline, "test");
				assertThat(output).doesNotContain("/v1/data/second");
			}
		});
	}

	@Test
	void opaThatWasThereIsTheOnlyOne() {
		try (TestOpa given = TestOpa.start()) {
			this.contexts
				.withPropertyValues("pristine.opa.launch=external", "pristine.opa.disposable=true",
						"pristine.opa.url=" + given.url())
				.run((context) -> assertThat(context.getBean(OpaResource.class).onlyCopy())
					.contains(given.url().toString()));
		}
	}

}
