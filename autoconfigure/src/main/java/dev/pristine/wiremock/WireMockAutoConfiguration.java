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

package dev.pristine.wiremock;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import dev.pristine.launch.ExportedAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for WireMock. A
 * {@link WireMockServer} bean of the application is used instead of a new one.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnClass(WireMockServer.class)
@ConditionalOnBooleanProperty(name = "pristine.wiremock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WireMockProperties.class)
public final class WireMockAutoConfiguration {

	@Bean(initMethod = "start", destroyMethod = "stop")
	@ConditionalOnMissingBean
	WireMockServer wireMockServer() {
		return new WireMockServer(WireMockConfiguration.options().dynamicPort());
	}

	@Bean
	WireMockResource wireMockResource(WireMockServer server) {
		return new WireMockResource(server);
	}

	@Bean
	static ExportedAddress<WireMockServer> wireMockExportedAddress() {
		return new ExportedAddress<>("pristine.wiremock.export-to", WireMockServer.class, WireMockServer::baseUrl);
	}

}
