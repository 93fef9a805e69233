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

package dev.pristine.launch;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What holds for the servers of all resources.
 *
 * @param launch How Pristine gets its servers.
 * @param cacheDirectory Folder where unpacked programs and initialised data directories
 * are kept between runs. By default the operating system's folder for caches.
 * @since 0.1.0
 */
@ConfigurationProperties("pristine")
public record LaunchProperties(@DefaultValue("auto") Launch launch, @Nullable Path cacheDirectory) {

	/**
	 * Read the properties.
	 * @param environment where they are
	 * @return the properties
	 */
	public static LaunchProperties from(Environment environment) {
		return Binder.get(environment).bindOrCreate("pristine", LaunchProperties.class);
	}

	/**
	 * Return the cache in the configured folder.
	 * @return the cache
	 */
	public UserCache cache() {
		return UserCache.in(this.cacheDirectory);
	}

}
