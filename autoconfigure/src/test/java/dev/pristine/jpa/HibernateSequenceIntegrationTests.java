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

package dev.pristine.jpa;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hibernate keeps numbers of a sequence from one test to the next: it must not be given
 * the same ones again.
 */
@SpringBootTest(properties = { "spring.flyway.enabled=false", "spring.jpa.hibernate.ddl-auto=create" })
class HibernateSequenceIntegrationTests {

	@Autowired
	Tickets tickets;

	@RepeatedTest(3)
	@IsolationMode(TestIsolation.TRANSACTION)
	void inTransaction() {
		assertNumbersAreUnique();
	}

	@RepeatedTest(3)
	@IsolationMode(TestIsolation.TRUNCATE)
	void withRealCommits() {
		assertNumbersAreUnique();
	}

	private void assertNumbersAreUnique() {
		List<Long> numbers = new ArrayList<>();
		for (int i = 0; i < 120; i++) {
			numbers.add(this.tickets.save(new Ticket()).getId());
		}
		assertThat(numbers).doesNotHaveDuplicates().allMatch((number) -> number > 0);
		assertThat(this.tickets.count()).isEqualTo(120);
	}

}
