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

import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.util.ClassUtils;

import dev.pristine.resource.Notice;

/**
 * Names what else the application has connection details of.
 *
 * @param beanFactory where they are
 */
record OtherServers(ConfigurableListableBeanFactory beanFactory) implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(OtherServers.class);

	private static final String SUFFIX = "ConnectionDetails";

	private static final Set<String> CHECKED = Set.of("Jdbc", "R2dbc", "Flyway", "Liquibase", "DataRedis", "Opa");

	// What tests write there is never read by one
	private static final Set<String> TELEMETRY = Set.of("OtlpLogging", "OtlpMetrics", "OtlpTracing", "Zipkin");

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> kinds = new TreeSet<>();
		for (String name : this.beanFactory.getBeanNamesForType(ConnectionDetails.class, true, false)) {
			Class<?> type = this.beanFactory.getType(name);
			if (type != null) {
				for (Class<?> contract : ClassUtils.getAllInterfacesForClass(type)) {
					if (contract != ConnectionDetails.class && contract.getSimpleName().endsWith(SUFFIX)) {
						kinds.add(contract.getSimpleName().replace(SUFFIX, ""));
					}
				}
			}
		}
		kinds.removeAll(CHECKED);
		kinds.removeAll(TELEMETRY);
		kinds.forEach((kind) -> Notice.once(logger::warn,
				"The application connects to %s, which Pristine does not isolate: what tests write there stays"
					.formatted(kind)));
	}

}
