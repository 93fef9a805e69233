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

package com.example.documents;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.example.objectstore.Bucket;
import com.example.objectstore.ObjectStore;
import com.example.objectstore.ObjectStoreConfiguration;
import com.example.objectstore.ObjectStoreExtension;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the application with a real object store.
 */
@SpringBootTest
@Import(ObjectStoreConfiguration.class)
@ExtendWith(ObjectStoreExtension.class)
@TestMethodOrder(OrderAnnotation.class)
class DocumentsIntegrationTests {

	@Autowired
	Documents documents;

	@Autowired
	ObjectStore store;

	@RepeatedTest(2)
	void documentOfEarlierTestIsGone() {
		assertThat(this.documents.read("shared", "report")).isEmpty();
		this.documents.store("shared", "report", "Sales are up");
		assertThat(this.documents.read("shared", "report")).isEqualTo("Sales are up");
	}

	@Test
	void documentIsReplicatedSoon(Bucket bucket) {
		this.documents.store(bucket.name(), "report", "Sales are up");
		await().atMost(60, TimeUnit.SECONDS).until(() -> this.documents.isReplicated(bucket.name(), "report"));
	}

	@Test
	@Order(1)
	void failsWithoutStore(Bucket bucket) {
		this.store.server().stop();
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> this.documents.store(bucket.name(), "report", "Sales are up"));
	}

	@Test
	@Order(2)
	void findsStoreThatAnotherTestHasKilled(Bucket bucket) {
		this.documents.store(bucket.name(), "report", "Sales are up");
		assertThat(this.documents.read(bucket.name(), "report")).isEqualTo("Sales are up");
	}

	@Test
	void hundredClientsCallTenTimes(Bucket bucket) throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(100);
		try {
			List<Callable<Integer>> calls = IntStream.range(0, 100)
				.<Callable<Integer>>mapToObj((client) -> () -> callTenTimes(bucket.name(), "client-" + client))
				.toList();
			for (Future<Integer> answers : clients.invokeAll(calls, 120, TimeUnit.SECONDS)) {
				assertThat(answers.get()).isEqualTo(10);
			}
			assertThat(this.store.capture().lines()).hasSize(500);
		}
		finally {
			clients.shutdownNow();
		}
	}

	private int callTenTimes(String bucket, String client) {
		int answers = 0;
		for (int i = 0; i < 5; i++) {
			this.documents.store(bucket, client + "-" + i, "text " + i);
			answers++;
			answers += this.documents.read(bucket, client + "-" + i).equals("text " + i) ? 1 : 0;
		}
		return answers;
	}

}
