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

package com.example.gateway;

import java.io.PrintWriter;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The colliding tests once more, side by side: they share application contexts, and each
 * has a slot of its own.
 */
class ParallelIntegrationTests {

	private static final Class<?>[] CLASSES = { MarkersHttpIntegrationTests.class, MarkersMockIntegrationTests.class,
			CollidingIntegrationTests.class };

	private static final String PARALLEL = "junit.jupiter.execution.parallel.";

	@ParameterizedTest(name = "{0} threads, round {1}")
	@MethodSource("rounds")
	void testsSideBySideDoNotMeet(int threads, int round) {
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create().execute(request(threads), listener);
		listener.getSummary().printFailuresTo(new PrintWriter(System.out), 5);
		assertThat(listener.getSummary().getTotalFailureCount()).isZero();
		assertThat(listener.getSummary().getTestsSucceededCount()).isEqualTo(6 * Markers.TESTS + 2 * 60);
	}

	static Stream<Arguments> rounds() {
		int rounds = Integer.getInteger("gateway.rounds", 1);
		return Stream.of(2, 4, 8)
			.flatMap((threads) -> Stream.iterate(1, (round) -> round + 1)
				.limit(rounds)
				.map((round) -> Arguments.of(threads, round)));
	}

	private static LauncherDiscoveryRequest request(int threads) {
		LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
			.configurationParameter(PARALLEL + "enabled", "true")
			.configurationParameter(PARALLEL + "config.strategy", "fixed")
			.configurationParameter(PARALLEL + "config.fixed.parallelism", Integer.toString(threads))
			.configurationParameter("junit.jupiter.testclass.order.default",
					"org.junit.jupiter.api.ClassOrderer$Random");
		for (Class<?> testClass : CLASSES) {
			request.selectors(DiscoverySelectors.selectClass(testClass));
		}
		return request.build();
	}

}
