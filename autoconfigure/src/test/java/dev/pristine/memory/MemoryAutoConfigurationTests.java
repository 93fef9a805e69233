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

package dev.pristine.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.apache.ibatis.annotations.CacheNamespace;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.defaults.DefaultSqlSessionFactory;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;
import org.mybatis.spring.mapper.MapperFactoryBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.support.AbstractValueAdaptingCache;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemoryAutoConfiguration}.
 */
class MemoryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MemoryAutoConfiguration.class));

	@Test
	void clearsConcurrentMaps() {
		assertCleared(new ConcurrentMapCacheManager());
	}

	@Test
	void clearsCaffeine() {
		assertCleared(new CaffeineCacheManager());
	}

	@Test
	void clearsAsynchronousCaffeine() {
		CaffeineCacheManager manager = new CaffeineCacheManager();
		manager.setAsyncCacheMode(true);
		assertCleared(manager);
	}

	@Test
	void managersOfTheApplicationAreKnownByWhatTheyExtend() {
		assertThat(SpringCaches.areInMemory(new CaffeineCacheManager() {

		})).isTrue();
	}

	@Test
	void clearsComposites() {
		assertCleared(new CompositeCacheManager(new CaffeineCacheManager(), new ConcurrentMapCacheManager()));
	}

	@Test
	void clearsCachesThatWaitForTransactions() {
		SimpleCacheManager manager = new SimpleCacheManager();
		Cache cache = new ConcurrentMapCacheManager().getCache("rows");
		assertThat(cache).isNotNull();
		manager.setCaches(List.of(new TransactionAwareCacheDecorator(cache)));
		manager.initializeCaches();
		assertCleared(manager);
	}

	@Test
	void leavesCachesAloneThatAreElsewhere() {
		SimpleCacheManager manager = new SimpleCacheManager();
		RemoteCache cache = new RemoteCache();
		manager.setCaches(List.of(cache));
		manager.initializeCaches();
		this.runner.withBean(CacheManager.class, () -> manager).run((context) -> {
			reset(context);
			assertThat(cache.cleared).isFalse();
		});
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "false, false" })
	void cachesOfLazyMappersAreKnownBeforeTheirFirstUse(boolean enabled, boolean shared) {
		SqlSessionFactory factory = new DefaultSqlSessionFactory(new Configuration(
				new Environment("test", new JdbcTransactionFactory(), new DriverManagerDataSource())));
		factory.getConfiguration().setCacheEnabled(enabled);
		BeanDefinition mapper = BeanDefinitionBuilder.rootBeanDefinition(MapperFactoryBean.class)
			.addConstructorArgValue(Mapper.class)
			.addPropertyValue("sqlSessionFactory", factory)
			.setLazyInit(true)
			.getBeanDefinition();
		this.runner.withBean(SqlSessionFactory.class, () -> factory)
			.withInitializer((context) -> ((BeanDefinitionRegistry) context.getBeanFactory())
				.registerBeanDefinition("mapper", mapper))
			.run((context) -> assertThat(
					context.getBean("pristineMyBatisCaches", TestResource.class).onlyCopy() != null)
				.isEqualTo(shared));
	}

	@Test
	void mocksAndSpiesAreShared() {
		this.runner
			.withBean("list", List.class, () -> (List<?>) new ProxyFactory(Mockito.spy(new ArrayList<>())).getProxy())
			.run((context) -> assertThat(context.getBean(Mocks.class).onlyCopy())
				.contains("'list' is a mock or a spy"));
		this.runner.withBean("list", List.class, () -> List.of())
			.run((context) -> assertThat(context.getBean(Mocks.class).onlyCopy()).isNull());
	}

	@Test
	void canBeSwitchedOff() {
		this.runner.withPropertyValues("pristine.memory.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TestResource.class));
	}

	@Test
	void needsNoCacheManager() {
		this.runner.run(MemoryAutoConfigurationTests::reset);
	}

	private void assertCleared(CacheManager manager) {
		this.runner.withBean(CacheManager.class, () -> manager).run((context) -> {
			assertThat(context.getBeanProvider(TestResource.class).stream().map(TestResource::onlyCopy))
				.anySatisfy((reason) -> assertThat(reason).contains("keeps rows in memory (caches)"));
			Cache cache = manager.getCache("rows");
			assertThat(cache).isNotNull();
			cache.put(1, "row");
			assertThat(cache.get(1)).isNotNull();
			reset(context);
			assertThat(cache.get(1)).isNull();
		});
	}

	private static void reset(ApplicationContext context) {
		context.getBeanProvider(TestResource.class).forEach((resource) -> restore(resource.lease(0)));
	}

	private static <S> void restore(ResourceLease<S> lease) {
		lease.restore(lease.capture(), "test");
	}

	@CacheNamespace
	interface Mapper {

	}

	private static final class RemoteCache extends AbstractValueAdaptingCache {

		private boolean cleared;

		RemoteCache() {
			super(false);
		}

		@Override
		protected Object lookup(Object key) {
			return "row";
		}

		@Override
		public String getName() {
			return "rows";
		}

		@Override
		public Object getNativeCache() {
			return this;
		}

		@Override
		public <T> T get(Object key, Callable<T> valueLoader) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void put(Object key, Object value) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void evict(Object key) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void clear() {
			this.cleared = true;
		}

	}

}
