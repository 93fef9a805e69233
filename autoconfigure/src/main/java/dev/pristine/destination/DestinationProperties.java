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

package dev.pristine.destination;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * What connections of tests may lead to.
 *
 * @param foreign Names of beans, and of properties with an address, that may lead to a
 * server that is not the tests'. Nothing protects it from what tests write.
 */
@ConfigurationProperties("pristine")
record DestinationProperties(@DefaultValue List<String> foreign) {

	static DestinationProperties from(Environment environment) {
		return Binder.get(environment).bindOrCreate("pristine", DestinationProperties.class);
	}

}
