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

import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.id.enhanced.TableGenerator;
import org.springframework.util.ClassUtils;

/**
 * The caches that JPA shares between sessions, and the numbers that Hibernate has taken
 * from a table in advance: the table is put back. Numbers of a sequence are kept, because
 * a sequence that counts in steps is not put back either.
 */
final class JpaCaches {

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
			factory.getCache().evictAll();
		}
	}

	/**
	 * What only Hibernate has, which may be absent.
	 */
	private static final class Hibernate {

		static boolean holds(SessionFactoryImplementor factory) {
			AtomicBoolean numbers = new AtomicBoolean();
			factory.getMappingMetamodel()
				.forEachEntityDescriptor(
						(entity) -> numbers.compareAndSet(false, entity.getGenerator() instanceof TableGenerator));
			return numbers.get() || !factory.getCache().getCacheRegionNames().isEmpty();
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
