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

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.persistence.Cache;
import jakarta.persistence.EntityManagerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.id.enhanced.TableGenerator;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.Notice;

/**
 * The caches that JPA shares between sessions, and the numbers that Hibernate has taken
 * from a table in advance: the table is put back. Numbers of a sequence are kept, because
 * a sequence that counts in steps is not put back either.
 */
final class JpaCaches {

	private static final Log logger = LogFactory.getLog(JpaCaches.class);

	private static final boolean HIBERNATE = ClassUtils.isPresent("org.hibernate.SessionFactory",
			JpaCaches.class.getClassLoader());

	private JpaCaches() {
	}

	static boolean areInUse(EntityManagerFactory factory) {
		return !HIBERNATE || !(factory instanceof SessionFactory)
				|| Hibernate.holds(factory.unwrap(SessionFactoryImplementor.class));
	}

	static void empty(EntityManagerFactory factory) {
		if (HIBERNATE && factory instanceof SessionFactory) {
			Hibernate.empty(factory.unwrap(SessionFactoryImplementor.class));
		}
		else {
			Cache cache = factory.getCache();
			// A mock has none
			if (cache != null) {
				cache.evictAll();
			}
		}
	}

	/**
	 * What only Hibernate has, which may be absent.
	 */
	private static final class Hibernate {

		private static final Map<SessionFactory, String> managers = new WeakHashMap<>();

		static boolean holds(SessionFactoryImplementor factory) {
			AtomicBoolean numbers = new AtomicBoolean();
			factory.getMappingMetamodel()
				.forEachEntityDescriptor(
						(entity) -> numbers.compareAndSet(false, entity.getGenerator() instanceof TableGenerator));
			boolean regions = !factory.getCache().getCacheRegionNames().isEmpty();
			if (regions && factory.getCache().getRegionFactory().getClass().getName().contains(".jcache.")) {
				tellShared(factory);
			}
			return numbers.get() || regions;
		}

		// Tests of one application context take turns, those of different ones do not
		private static void tellShared(SessionFactory factory) {
			String manager = String.valueOf(factory.getProperties().get("hibernate.javax.cache.uri"));
			synchronized (managers) {
				managers.keySet().removeIf(SessionFactory::isClosed);
				managers.put(factory, manager);
				if (Collections.frequency(managers.values(), manager) > 1) {
					Notice.once(logger::warn,
							"Hibernate's second-level cache through JCache is one for all application contexts of this JVM, and their tests run at the same time: one may find rows of another one's. Set 'spring.jpa.properties.hibernate.cache.use_second_level_cache' and '...use_query_cache' to 'false' in tests");
				}
			}
		}

		static void empty(SessionFactoryImplementor factory) {
			// Unlike JPA's evictAll(), with the results of queries
			factory.getCache().evictAllRegions();
			factory.getMappingMetamodel().forEachEntityDescriptor((entity) -> {
				if (entity.getGenerator() instanceof TableGenerator generator) {
					generator.getOptimizer().reset();
				}
			});
		}

	}

}
