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

package dev.pristine.redis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RedisAddress}.
 */
class RedisAddressTests {

	@ParameterizedTest
	@CsvSource({ "redis://localhost, localhost, 6379, , , , false", "redis://my_redis, my_redis, 6379, , , , false",
			"redis://my_redis:6380/2, my_redis, 6380, , , 2, false",
			"redis://localhost/0, localhost, 6379, , , 0, false", "redis://localhost/, localhost, 6379, , , , false",
			"redis://:s%40cret+@localhost:1/15, localhost, 1, , s@cret+, 15, false",
			"rediss://joan:a:b@redis.test, redis.test, 6379, joan, a:b, , true",
			"redis://secret@localhost, localhost, 6379, , secret, , false", "redis://[::1]:7, [::1], 7, , , , false" })
	void readsAnAddress(String url, String host, int port, String user, String password, Integer number, boolean ssl) {
		RedisAddress actual = RedisAddress.of(url);
		assertThat(actual.host()).isEqualTo(host);
		assertThat(actual.port()).isEqualTo(port);
		assertThat(actual.username()).isEqualTo(user);
		assertThat(actual.password()).isEqualTo(password);
		assertThat(actual.ssl() != null).isEqualTo(ssl);
		assertThat(actual.number()).isEqualTo(number);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:6379", "http://localhost", "redis://", "redis://:secret@", "redis://h:port",
			"redis://h/x", "redis://h/1?a=secret" })
	void refusesOthersWithoutTellingThePassword(String url) {
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> RedisAddress.of(url))
			.withMessageContainingAll("pristine.redis.url", "redis://user:password@host:6379")
			.withMessageNotContaining("secret");
	}

	@Test
	void writesConnectionDetails() {
		assertThat(RedisAddress.url(new DataRedisConnectionDetails() {

			@Override
			public String getUsername() {
				return "joan";
			}

			@Override
			public String getPassword() {
				return "s@ cret";
			}

			@Override
			public Standalone getStandalone() {
				return Standalone.of("localhost", 6380, 3);
			}

		})).isEqualTo("redis://joan:s%40%20cret@localhost:6380/3");
	}

}
