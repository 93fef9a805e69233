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

package dev.pristine.library;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import dev.pristine.resource.TestResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A second-level cache that is on the class path but holds nothing makes no tests take
 * turns.
 */
@LibraryTest(properties = { "spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
		"spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create" })
class WithoutCacheIntegrationTests {

	@Test
	void nothingExistsOnce(@Autowired Map<String, TestResource> resources) {
		assertThat(resources.get("pristineJpaCaches").onlyCopy()).isNull();
	}

}
