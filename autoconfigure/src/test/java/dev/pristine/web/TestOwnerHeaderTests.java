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

package dev.pristine.web;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestOwnerHeader}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TestOwnerHeaderTests {

	private final TestOwner owner = TestOwner.start("this test", this, 1);

	@ParameterizedTest
	@ValueSource(strings = { "/books", "http://localhost/books", "https://LOCALHOST:8443", "http://app.localhost",
			"http://127.0.0.1:8080", "http://127.8.9.10", "http://[::1]:8080/", "http://[0:0:0:0:0:0:0:1]" })
	void isSentToThisMachine(URI uri) {
		assertThat(TestOwnerHeader.value(this.owner, uri)).isEqualTo(this.owner.id());
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://example.org", "http://localhost.example.org", "http://mylocalhost",
			"http://127.example.org", "http://10.0.0.1", "http://[2001:db8::1]", "http://a.b@example.org/localhost" })
	void isNeverSentElsewhere(URI uri) {
		assertThat(TestOwnerHeader.value(this.owner, uri)).isNull();
	}

	@Test
	void isNotSentWhereNobodyAsks() {
		URI uri = URI.create("http://localhost");
		assertThat(TestOwnerHeader.value(null, uri)).isNull();
		assertThat(TestOwnerHeader.value(TestOwner.start("sequential", this, 0), uri)).isNull();
	}

	@Test
	void saysWhomThreadWorksFor() {
		try (Work work = this.owner.run()) {
			assertThat(TestOwnerHeader.value()).isEqualTo(this.owner.id());
		}
		assertThat(TestOwnerHeader.owner(this.owner.id())).isSameAs(this.owner);
	}

	@Test
	void testOfAnotherJvmIsIgnoredAndNamedOnce(CapturedOutput output) {
		assertThat(TestOwnerHeader.owner(null)).isNull();
		assertThat(TestOwnerHeader.owner("")).isNull();
		assertThat(output).doesNotContain(TestOwnerHeader.NAME);
		assertThat(TestOwnerHeader.owner("other-1")).isNull();
		assertThat(TestOwnerHeader.owner("other-2")).isNull();
		assertThat(output.getAll().split("Pristine-Test", -1)).hasSize(2);
	}

}
