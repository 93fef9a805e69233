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

package dev.pristine.notes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import javax.sql.DataSource;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.apache.ibatis.annotations.CacheNamespace;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.hibernate.jpa.HibernateHints;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What libraries keep in memory agrees with the rows that were put back. Each test
 * changes the row that it has read before, which stays in some cache.
 */
class MemoryIntegrationTests {

	@Nested
	@IsolationMode(TestIsolation.TRUNCATE)
	@ExtendWith(OutputCaptureExtension.class)
	class WithRealCommits extends Programs {

		@Test
		void cacheOfSeveralContextsIsTold(CapturedOutput output) {
			try (ConfigurableApplicationContext first = start("dev/pristine/notes/cache.conf");
					ConfigurableApplicationContext other = start("dev/pristine/notes/other-cache.conf")) {
				assertThat(List.of(first, other)).allSatisfy(this::existsOnce);
				assertThat(output).doesNotContain("one for all application contexts");
				try (ConfigurableApplicationContext second = start("dev/pristine/notes/cache.conf")) {
					existsOnce(second);
					assertThat(output).contains("JCache is one for all application contexts");
				}
			}
		}

		private void existsOnce(ApplicationContext context) {
			assertThat(context.getBean("pristineJpaCaches", TestResource.class).onlyCopy()).isNotNull();
		}

		private static ConfigurableApplicationContext start(String cacheManager) {
			SpringBootTest test = Objects
				.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(Programs.class, SpringBootTest.class));
			return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties(test.properties())
				.run("--spring.jpa.properties.hibernate.javax.cache.uri=" + cacheManager);
		}

	}

	@Nested
	@IsolationMode(TestIsolation.TRANSACTION)
	class InTransaction extends Programs {

	}

	@SpringBootTest(properties = { "spring.flyway.enabled=false", "spring.jpa.hibernate.ddl-auto=none",
			"spring.sql.init.mode=always", "spring.sql.init.schema-locations=classpath:dev/pristine/notes/schema.sql",
			"spring.jpa.properties.hibernate.cache.use_second_level_cache=true",
			"spring.jpa.properties.hibernate.cache.use_query_cache=true",
			"spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
			"spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create" })
	abstract static class Programs {

		@Autowired
		EntityManager entityManager;

		@Autowired
		TransactionTemplate transaction;

		@Autowired
		SqlSessionFactory sessions;

		@Autowired
		LockProvider locks;

		@Autowired
		JdbcTemplate jdbc;

		@Test
		void secondLevelCacheExistsOnce(@Autowired Map<String, TestResource> resources) {
			assertThat(resources.get("pristineJpaCaches").onlyCopy()).contains("second-level cache");
		}

		@RepeatedTest(2)
		void secondLevelCache() {
			assertThat(text()).isEqualTo("old");
			inTransaction((manager) -> manager.find(Note.class, 1).text = "new");
			assertThat(text()).isEqualTo("new");
		}

		private String text() {
			return inTransaction((manager) -> manager.find(Note.class, 1).text);
		}

		@RepeatedTest(2)
		void queryCache() {
			assertThat(count()).isOne();
			inTransaction((manager) -> {
				manager.persist(new Note(2, "more"));
				return true;
			});
			assertThat(count()).isEqualTo(2);
		}

		private long count() {
			return inTransaction((manager) -> manager.createQuery("SELECT count(n) FROM Note n", Long.class)
				.setHint(HibernateHints.HINT_CACHEABLE, true)
				.getSingleResult());
		}

		// As many as 50 are taken at once
		@RepeatedTest(3)
		void numbersFromTable() {
			List<Long> numbers = new ArrayList<>();
			for (int i = 0; i < 70; i++) {
				Ticket ticket = new Ticket();
				inTransaction((manager) -> {
					manager.persist(ticket);
					return true;
				});
				numbers.add(ticket.id);
			}
			assertThat(numbers).doesNotHaveDuplicates().startsWith(1L, 2L);
		}

		@RepeatedTest(2)
		void myBatis() {
			try (SqlSession session = this.sessions.openSession()) {
				assertThat(session.getMapper(NoteMapper.class).text(1)).isEqualTo("old");
			}
			this.jdbc.update("UPDATE note SET text = 'new'");
			this.sessions.getConfiguration().getCache(NoteMapper.class.getName()).clear();
			try (SqlSession session = this.sessions.openSession()) {
				assertThat(session.getMapper(NoteMapper.class).text(1)).isEqualTo("new");
			}
		}

		@RepeatedTest(2)
		void shedLock() {
			LockConfiguration job = new LockConfiguration(Instant.now(), "job", Duration.ofMinutes(1), Duration.ZERO);
			assertThat(this.locks.lock(job)).isPresent().get().satisfies(SimpleLock::unlock);
			assertThat(this.locks.lock(job)).isPresent();
		}

		private <T> T inTransaction(Function<EntityManager, T> work) {
			return this.transaction.execute((status) -> work.apply(this.entityManager));
		}

	}

	@SpringBootApplication
	static class Application {

		@Bean
		SqlSessionFactory sessions(DataSource dataSource) {
			Configuration configuration = new Configuration(
					new Environment("test", new JdbcTransactionFactory(), dataSource));
			configuration.addMapper(NoteMapper.class);
			configuration.addMapper(Other.NoteMapper.class);
			return new SqlSessionFactoryBuilder().build(configuration);
		}

		@Bean
		LockProvider locks(DataSource dataSource) {
			return new JdbcTemplateLockProvider(dataSource);
		}

	}

	@CacheNamespace(readWrite = false)
	interface NoteMapper {

		@Select("SELECT text FROM note WHERE id = #{id}")
		String text(int id);

	}

	static class Other {

		@CacheNamespace
		interface NoteMapper {

		}

	}

	@Entity(name = "Note")
	@Cacheable
	static class Note {

		@Id
		int id;

		String text;

		Note() {
			this(0, "");
		}

		Note(int id, String text) {
			this.id = id;
			this.text = text;
		}

	}

	@Entity(name = "Ticket")
	static class Ticket {

		@Id
		@GeneratedValue(strategy = GenerationType.TABLE)
		@Nullable Long id;

	}

}
