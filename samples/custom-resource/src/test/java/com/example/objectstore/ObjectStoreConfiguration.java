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

package com.example.objectstore;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import dev.pristine.launch.ExportedAddress;

/**
 * All that an application context needs to have an object store of its own.
 */
@TestConfiguration(proxyBeanMethods = false)
public class ObjectStoreConfiguration {

	@Bean
	ObjectStore objectStore(Environment environment) {
		return new ObjectStore(environment);
	}

	@Bean
	static ExportedAddress<ObjectStore> objectStoreAddress() {
		return new ExportedAddress<>("pristine.objectstore.export-to", ObjectStore.class,
				(store) -> store.server().url(), "objectstore.url");
	}

}
