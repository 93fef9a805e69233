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

package dev.pristine.isolation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactories;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * A test whose application consists of a {@link RecordingResource}.
 */
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = RecordingTest.Application.class, webEnvironment = WebEnvironment.NONE,
		properties = "pristine.isolation.mode=transaction")
@ContextCustomizerFactories(RecordingTest.Generations.class)
@interface RecordingTest {

	/**
	 * The application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(IsolationAutoConfiguration.class)
	class Application {

		@Bean
		RecordingResource resource() {
			return new RecordingResource("");
		}

	}

	/**
	 * Keeps the contexts of one test apart from those of the next, although Spring caches
	 * them.
	 */
	class Generations implements ContextCustomizerFactory {

		private static final AtomicInteger current = new AtomicInteger();

		private static final Queue<ConfigurableApplicationContext> contexts = new ConcurrentLinkedQueue<>();

		static void next() {
			contexts.forEach(ConfigurableApplicationContext::close);
			contexts.clear();
			current.incrementAndGet();
			RecordingResource.clear();
		}

		@Override
		public ContextCustomizer createContextCustomizer(Class<?> testClass,
				List<ContextConfigurationAttributes> configAttributes) {
			return new Generation(current.get());
		}

	}

	/**
	 * What is part of the key of a cached context.
	 *
	 * @param number its number
	 */
	record Generation(int number) implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			Generations.contexts.add(context);
		}

	}

}
