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

import java.util.Collection;
import java.util.List;

import jakarta.persistence.EntityManagerFactory;
import net.javacrumbs.shedlock.support.StorageBasedLockProvider;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.ibatis.cache.Cache;
import org.apache.ibatis.session.SqlSessionFactory;
import org.mockito.Mockito;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.SnapshotResource;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that empties what libraries keep in
 * memory of the application's rows. For a library that is not among these, declare a
 * {@link SnapshotResource} bean.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "pristine.memory.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MemoryProperties.class)
public final class MemoryAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(CacheManager.class)
	static class SpringConfiguration {

		@Bean
		MemoryResource<CacheManager> pristineSpringCaches(ConfigurableListableBeanFactory beanFactory) {
			return new MemoryResource<>("caches", beanFactory, CacheManager.class, SpringCaches::areInMemory,
					SpringCaches::empty);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(EntityManagerFactory.class)
	static class JpaConfiguration {

		@Bean
		MemoryResource<EntityManagerFactory> pristineJpaCaches(ConfigurableListableBeanFactory beanFactory) {
			return new MemoryResource<>("second-level cache", beanFactory, EntityManagerFactory.class,
					JpaCaches::areInUse, JpaCaches::empty);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SqlSessionFactory.class)
	static class MyBatisConfiguration {

		private static final Log logger = LogFactory.getLog(MyBatisConfiguration.class);

		private static final String MAPPER = "org.mybatis.spring.mapper.MapperFactoryBean";

		@Bean
		MemoryResource<SqlSessionFactory> pristineMyBatisCaches(ConfigurableListableBeanFactory beanFactory) {
			return new MemoryResource<>("caches of MyBatis", beanFactory, SqlSessionFactory.class,
					(factory) -> isInUse(factory, beanFactory), MyBatisConfiguration::empty);
		}

		private static boolean isInUse(SqlSessionFactory factory, ConfigurableListableBeanFactory beanFactory) {
			org.apache.ibatis.session.Configuration configuration = factory.getConfiguration();
			// A mock has none
			if (configuration == null || !configuration.isCacheEnabled()) {
				return false;
			}
			if (configuration.getCaches().isEmpty() && ClassUtils.isPresent(MAPPER, beanFactory.getBeanClassLoader())) {
				createMappers(beanFactory);
			}
			return !configuration.getCaches().isEmpty();
		}

		// A lazy one brings its cache with its first use
		private static void createMappers(ConfigurableListableBeanFactory beanFactory) {
			Class<?> type = ClassUtils.resolveClassName(MAPPER, beanFactory.getBeanClassLoader());
			for (String mapper : beanFactory.getBeanNamesForType(type)) {
				try {
					beanFactory.getBean(mapper);
				}
				catch (BeansException ex) {
					logger.debug("Without a cache", ex);
				}
			}
		}

		private static Collection<?> caches(SqlSessionFactory factory) {
			org.apache.ibatis.session.Configuration configuration = factory.getConfiguration();
			// A mock has none
			return (configuration != null) ? configuration.getCaches() : List.of();
		}

		// Next to caches, the values contain marks of names that several caches share
		private static void empty(SqlSessionFactory factory) {
			caches(factory).forEach((cache) -> {
				if (cache instanceof Cache each) {
					each.clear();
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Mockito.class)
	static class MockitoConfiguration {

		@Bean
		Mocks pristineMocks(ConfigurableListableBeanFactory beanFactory) {
			return new Mocks(beanFactory);
		}

	}

	/**
	 * A lock provider remembers which rows it has inserted, and does not do it again.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(StorageBasedLockProvider.class)
	static class ShedLockConfiguration {

		@Bean
		MemoryResource<StorageBasedLockProvider> pristineShedLockRecords(ConfigurableListableBeanFactory beanFactory) {
			return new MemoryResource<>("records of ShedLock", beanFactory, StorageBasedLockProvider.class,
					(provider) -> true, StorageBasedLockProvider::clearCache);
		}

	}

}
