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

package dev.pristine.postgres.route;

import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HikariPool}.
 */
@ExtendWith(OutputCaptureExtension.class)
class HikariPoolTests {

	@Test
	void derivesPoolThatHikariDoesNotWarnOf(CapturedOutput output) {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setMaxLifetime(TimeUnit.MINUTES.toMillis(1));
			pool.setJdbcUrl("jdbc:postgresql://localhost/one");
			HikariDataSource derived = derive(pool);
			derived.validate();
			assertThat(derived.getIdleTimeout()).isEqualTo(TimeUnit.SECONDS.toMillis(30));
			assertThat(output).doesNotContain("idleTimeout");
		}
	}

	@Test
	void derivesPoolWithIdleTimeoutOfTheApplication() {
		try (HikariDataSource pool = new HikariDataSource()) {
			assertThat(derive(pool).getIdleTimeout()).isEqualTo(TimeUnit.MINUTES.toMillis(10));
			pool.setMaxLifetime(0);
			assertThat(derive(pool).getIdleTimeout()).isEqualTo(TimeUnit.MINUTES.toMillis(10));
		}
	}

	private static HikariDataSource derive(HikariDataSource pool) {
		return new HikariPool(pool).derive("jdbc:postgresql://localhost/copy", "copy");
	}

}
