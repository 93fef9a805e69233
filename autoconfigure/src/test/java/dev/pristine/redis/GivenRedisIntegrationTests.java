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

import java.io.IOException;
import java.util.Locale;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.pristine.TestIsolation;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what happens to a server that Pristine did not start: {@code external}, or
 * declared by the test.
 */
class GivenRedisIntegrationTests {

	private final ApplicationContextRunner plain = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedisAutoConfiguration.class, DataRedisAutoConfiguration.class));

	private TestRedis redis;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() {
		this.redis = TestRedis.start();
		this.runner = this.plain.withPropertyValues("pristine.redis.url=" + this.redis.url());
	}

	@AfterEach
	void stop() {
		this.redis.close();
	}

	@Test
	void takesTheHighestEmptyNumber() throws IOException {
		this.redis.call(15, "SET", "theirs", "1");
		this.runner.run((context) -> {
			assertThat(number(context)).isEqualTo(14);
			writesAndResets(context);
			context.getBean(StringRedisTemplate.class).opsForValue().set("left", "1");
		});
		assertThat(this.redis.keys(14)).isEmpty();
		assertThat(this.redis.keys(15)).containsExactly("theirs");
	}

	@Test
	void takesTheNumberOfTheUrlIfItIsEmpty() throws IOException {
		ApplicationContextRunner runner = this.plain
			.withPropertyValues("pristine.redis.url=" + this.redis.url() + "/3");
		runner.run((context) -> assertThat(number(context)).isEqualTo(3));
		this.redis.call(3, "SET", "theirs", "1");
		runner.run((context) -> assertThat(number(context)).isEqualTo(15));
		assertThat(this.redis.keys(3)).containsExactly("theirs");
	}

	@Test
	void neverTakesNumberZeroUnlessItIsNamedAndTheServerDisposable() throws IOException {
		this.redis.close();
		this.redis = TestRedis.start("--databases", "1");
		this.runner = this.plain.withPropertyValues("pristine.redis.url=" + this.redis.url());
		for (String url : new String[] { this.redis.url(), this.redis.url() + "/0" }) {
			this.plain.withPropertyValues("pristine.redis.url=" + url)
				.run((context) -> assertFailure(context, "has no database number", "pristine.redis.disposable"));
		}
		this.redis.call(0, "SET", "theirs", "1");
		this.runner.withPropertyValues("pristine.redis.disposable=true")
			.run((context) -> assertFailure(context, "has no database number"));
		assertThat(this.redis.keys(0)).containsExactly("theirs");
		this.runner
			.withPropertyValues("pristine.redis.disposable=true", "pristine.redis.url=" + this.redis.url() + "/0")
			.run((context) -> {
				assertThat(number(context)).isZero();
				assertThat(context.getBean(StringRedisTemplate.class).keys("*")).isEmpty();
				writesAndResets(context);
			});
	}

	@Test
	void emptiesANumberOfADisposableServer() throws IOException {
		this.redis.call(15, "SET", "theirs", "1");
		this.redis.call(14, "SET", "theirs", "1");
		this.runner.withPropertyValues("pristine.redis.disposable=true").run((context) -> {
			assertThat(number(context)).isEqualTo(15);
			assertThat(context.getBean(StringRedisTemplate.class).keys("*")).isEmpty();
		});
		assertThat(this.redis.keys(14)).containsExactly("theirs");
	}

	@Test
	void contextsAndRunsShareNoNumberAndNothingButTheirKeysIsTouched() throws IOException {
		this.redis.call(0, "SET", "theirs", "1");
		this.redis.call(0, "CONFIG", "SET", "maxmemory", "100mb");
		this.runner.run((first) -> this.runner.withPropertyValues("pristine.redis.disposable=true").run((second) -> {
			assertThat(number(first)).isEqualTo(15);
			assertThat(number(second)).isEqualTo(14);
			// What another run would see
			try (RedisDatabase other = NumberClaim.claim(this.redis.address(), NumberClaim.Consent.DISPOSABLE)) {
				assertThat(other.number()).isEqualTo(13);
			}
			StringRedisTemplate template = second.getBean(StringRedisTemplate.class);
			template.opsForValue().set("second", "1");
			writesAndResets(first);
			assertThat(template.keys("*")).containsExactly("second");
		}));
		assertThat(this.redis.keys(0)).containsExactly("theirs");
		assertThat(TestRedis.strings(this.redis.call(0, "CONFIG", "GET", "maxmemory")).toString())
			.contains("104857600");
	}

	@Test
	void keepsItsNumberWhenTheConnectionIsLost() {
		this.runner.run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			template.opsForValue().set("base", "1");
			test(context, () -> {
				template.opsForValue().set("a", "1");
				killConnections();
			});
			assertThat(template.keys("*")).containsExactly("base");
			try (RedisDatabase other = NumberClaim.claim(this.redis.address(), NumberClaim.Consent.EMPTY)) {
				assertThat(other.number()).isEqualTo(14);
			}
		});
	}

	@Test
	void getsAlongWithAUserThatMayDoLittle() throws IOException {
		String[] commands = RedisDatabase.COMMANDS.toLowerCase(Locale.ROOT).split("\\W+");
		this.redis.call(0, "ACL", "SETUSER", "tester", "on", ">pw", "~*", "-@all", "+set", "+del", "+keys");
		for (String command : commands) {
			this.redis.call(0, "ACL", "SETUSER", "tester", "+" + command);
		}
		this.plain.withPropertyValues("pristine.redis.url=redis://tester:pw@127.0.0.1:" + this.redis.address().port())
			.run(this::writesAndResets);
		this.redis.call(0, "ACL", "SETUSER", "tester", "-flushdb", "-info");
		this.plain.withPropertyValues("pristine.redis.url=redis://tester:pw@127.0.0.1:" + this.redis.address().port())
			.run((context) -> assertFailure(context, "NOPERM", "FLUSHDB"));
	}

	@Test
	void saysWhatIsWrongWithTheAddress() throws IOException {
		this.plain.withPropertyValues("pristine.redis.url=" + this.redis.url().replace("secret", "wrong"))
			.run((context) -> assertFailure(context, "WRONGPASS", "redis://user:password@host"));
		this.plain.withPropertyValues("pristine.redis.url=" + this.redis.url().replace(":secret@", ""))
			.run((context) -> assertFailure(context, "NOAUTH", "redis://user:password@host"));
		this.plain.withPropertyValues("pristine.redis.url=redis://127.0.0.1:1")
			.run((context) -> assertFailure(context, "cannot be reached", "pristine.redis.url"));
		this.plain.withPropertyValues("pristine.redis.url=redis://redis.prod.example.com")
			.run((context) -> assertFailure(context, "looks like production", "pristine.redis.disposable"));
	}

	@Test
	void isolatesConnectionDetailsThatTheTestDeclares() {
		ApplicationContextRunner runner = this.plain.withUserConfiguration(DeclaredDetails.class)
			.withPropertyValues("test.port=" + this.redis.address().port());
		runner.run((first) -> runner.run((second) -> {
			assertThat(number(first)).isEqualTo(15);
			assertThat(number(second)).isEqualTo(14);
			writesAndResets(first);
			writesAndResets(second);
		}));
		runner.run((again) -> assertThat(number(again)).isEqualTo(15));
	}

	private void killConnections() {
		try {
			this.redis.call(0, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void writesAndResets(AssertableApplicationContext context) {
		StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
		template.opsForValue().set("base", "1");
		test(context, () -> {
			template.opsForValue().set("a", "1");
			template.delete("base");
		});
		assertThat(template.keys("*")).containsExactly("base");
	}

	private static void test(AssertableApplicationContext context, Runnable work) {
		Rehearsal.run(context.getBean(TestResource.class), new TestScope("ExampleTests.test", TestIsolation.TRUNCATE),
				work);
	}

	private static int number(AssertableApplicationContext context) {
		return context.getBean(DataRedisConnectionDetails.class).getStandalone().getDatabase();
	}

	static void assertFailure(AssertableApplicationContext context, String... parts) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		while (!(failure instanceof ResourceException) && failure.getCause() != null) {
			failure = failure.getCause();
		}
		assertThat(failure).isInstanceOf(ResourceException.class).hasMessageContainingAll(parts);
	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredDetails {

		@Bean
		DataRedisConnectionDetails declared(Environment environment) {
			int port = environment.getRequiredProperty("test.port", Integer.class);
			return new DataRedisConnectionDetails() {

				@Override
				public String getPassword() {
					return "secret";
				}

				@Override
				public Standalone getStandalone() {
					return Standalone.of("127.0.0.1", port);
				}

			};
		}

	}

}
