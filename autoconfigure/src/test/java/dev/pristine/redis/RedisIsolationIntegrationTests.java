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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.cache.RedisCacheWriter.RedisCacheWriterConfigurer;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisHttpSession;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisIndexedHttpSession;
import org.springframework.test.context.TestPropertySource;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.memory.MemoryAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each test of this class writes what it expects to be absent, and is repeated: it fails
 * if anything stays.
 */
class RedisIsolationIntegrationTests {

	private static final int TIMES = 3;

	@Nested
	@RedisTest
	class Lettuce extends Colliding {

	}

	@Nested
	@RedisTest
	@TestPropertySource(properties = "spring.data.redis.lettuce.pool.enabled=true")
	class PooledLettuce extends Colliding {

	}

	@Nested
	@RedisTest
	@TestPropertySource(properties = "spring.data.redis.client-type=jedis")
	class Jedis extends Colliding {

		@RepeatedTest(TIMES)
		void isJedis(@Autowired RedisConnectionFactory connectionFactory) {
			assertThat(connectionFactory).isInstanceOf(JedisConnectionFactory.class);
		}

	}

	@Nested
	@RedisTest
	@IsolationMode(TestIsolation.TRUNCATE)
	class Truncate extends Colliding {

	}

	@Nested
	@RedisTest
	class Reactive {

		@RepeatedTest(TIMES)
		void writes(@Autowired ReactiveStringRedisTemplate template) {
			assertThat(template.keys("*").collectList().block()).containsExactly("base");
			template.opsForValue().set("a", "1").then(template.delete("base")).block();
		}

	}

	@Nested
	@RedisTest
	class ClassBaseline {

		@BeforeAll
		static void write(@Autowired StringRedisTemplate template) {
			template.opsForValue().set("before-all", "1");
		}

		@RepeatedTest(TIMES)
		void keepsIt(@Autowired StringRedisTemplate template) {
			assertThat(template.keys("*")).containsExactlyInAnyOrder("base", "before-all");
			template.delete("before-all");
		}

	}

	@Nested
	@RedisTest
	class AfterClassBaseline extends Colliding {

	}

	@Nested
	@RedisTest
	@Import(SessionConfiguration.class)
	class SpringSession extends Sessions {

	}

	@Nested
	@RedisTest
	@Import(IndexedSessionConfiguration.class)
	class IndexedSpringSession extends Sessions {

	}

	@Nested
	@RedisTest
	@Import({ CachingConfiguration.class, ImmediateWrites.class })
	@TestPropertySource(properties = "spring.cache.type=redis")
	class RedisCache extends Caching {

	}

	@Nested
	@RedisTest
	@Import(CachingConfiguration.class)
	@TestPropertySource(properties = "spring.cache.type=caffeine")
	class CaffeineCache extends Caching {

	}

	@Nested
	@RedisTest
	@Import(CachingConfiguration.class)
	@TestPropertySource(properties = "spring.cache.type=simple")
	class SimpleCache extends Caching {

	}

	@Nested
	@RedisTest
	@Import(CachingConfiguration.class)
	@TestPropertySource(properties = "spring.cache.type=redis")
	class RedisCacheThatWritesLater {

		@RepeatedTest(200)
		void isEmpty(@Autowired CacheManager cacheManager, @Autowired StringRedisTemplate template) {
			assertThat(template.keys("*")).containsExactly("base");
			Cache cache = cacheManager.getCache("rows");
			assertThat(cache).isNotNull();
			cache.put(1, "old");
			// Reads the keys, and then deletes them
			cache.clear();
			cache.put(2, "new");
		}

	}

	abstract static class Colliding {

		@RepeatedTest(TIMES)
		void writes(@Autowired StringRedisTemplate template) {
			assertThat(template.keys("*")).containsExactly("base");
			assertThat(template.getExpire("base")).isEqualTo(-1);
			template.opsForValue().set("a", "1", Duration.ofMinutes(1));
			template.expire("base", Duration.ofMinutes(1));
			template.opsForStream().add("stream", Map.of("field", "value"));
		}

		@RepeatedTest(TIMES)
		void deletes(@Autowired StringRedisTemplate template) {
			assertThat(template.keys("*")).containsExactly("base");
			template.delete("base");
		}

	}

	abstract static class Sessions {

		@RepeatedTest(TIMES)
		void writes(@Autowired SessionRepository<?> sessions, @Autowired StringRedisTemplate template) {
			assertThat(template.keys("spring:session:*")).isEmpty();
			save(sessions);
			assertThat(template.keys("spring:session:*")).isNotEmpty();
		}

		private <S extends Session> void save(SessionRepository<S> sessions) {
			S session = sessions.createSession();
			session.setAttribute("user", "joan");
			sessions.save(session);
			S found = sessions.findById(session.getId());
			assertThat(found).isNotNull();
			assertThat((String) found.getAttribute("user")).isEqualTo("joan");
		}

	}

	abstract static class Caching {

		@RepeatedTest(TIMES)
		void caches(@Autowired Rows rows) {
			int loaded = rows.loaded();
			assertThat(rows.load(1)).isEqualTo(rows.load(1));
			assertThat(rows.loaded()).isEqualTo(loaded + 1);
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@SpringBootTest(classes = Application.class, properties = "pristine.launch=embedded")
	@ImportAutoConfiguration({ RedisAutoConfiguration.class, DataRedisAutoConfiguration.class,
			DataRedisReactiveAutoConfiguration.class, CacheAutoConfiguration.class, MemoryAutoConfiguration.class,
			IsolationAutoConfiguration.class })
	@interface RedisTest {

	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements ApplicationRunner {

		private final StringRedisTemplate template;

		Application(StringRedisTemplate template) {
			this.template = template;
		}

		@Override
		public void run(ApplicationArguments args) {
			this.template.opsForValue().set("base", "1");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisHttpSession
	static class SessionConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisIndexedHttpSession
	static class IndexedSessionConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

		@Bean
		Rows rows() {
			return new Rows();
		}

	}

	/**
	 * Has the cache write before the method returns, not some time later.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ImmediateWrites {

		@Bean
		RedisCacheManagerBuilderCustomizer immediateWrites(RedisConnectionFactory connectionFactory) {
			return (builder) -> builder
				.cacheWriter(RedisCacheWriter.create(connectionFactory, RedisCacheWriterConfigurer::immediateWrites));
		}

	}

	static class Rows {

		private final AtomicInteger loaded = new AtomicInteger();

		int loaded() {
			return this.loaded.get();
		}

		@Cacheable("rows")
		String load(int id) {
			return "row " + id + " " + this.loaded.incrementAndGet();
		}

	}

}
