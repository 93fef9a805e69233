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

import java.net.URI;

import com.github.tomakehurst.wiremock.WireMockServer;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.pristine.launch.ExportedAddress;
import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.Notice;
import dev.pristine.resource.SlotAddress;

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

	@Bean
	static ExportedAddress<WireMockResource> wireMockExportedAddress() {
		return new ExportedAddress<>("pristine.wiremock.export-to", WireMockResource.class,
				(resource) -> resource.home().baseUrl());
	}

	// After those below: there are several servers, of which none is meant
	@Bean
	@ConditionalOnMissingBean(WireMockResource.class)
	SmartInitializingSingleton severalWireMockServers() {
		return () -> Notice.once(LogFactory.getLog(WireMockAutoConfiguration.class)::warn,
				"The application declares several beans of WireMockServer: no test resets their stubs and requests. Mark the one that Pristine shall reset as @Primary.");
	}

	/**
	 * A server for applications that declare none.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(WireMockServer.class)
	static class Provided {

		@Bean(initMethod = "start", destroyMethod = "stop")
		WireMockResource wireMockResource(ObjectProvider<CurrentSlot> currentSlot) {
			return new WireMockResource(WireMockResource.server(), true, currentSlot);
		}

		@Bean(destroyMethod = "")
		WireMockServer wireMockServer(WireMockResource resource) {
			return resource.current();
		}

		@Bean
		SlotAddress wireMockSlotAddress(WireMockResource resource, WireMockServer server) {
			return new SlotAddress(() -> URI.create(resource.home().baseUrl()), () -> URI.create(server.baseUrl()));
		}

	}

	/**
	 * The server that the application declares.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(WireMockServer.class)
	static class Declared {

		@Bean
		@ConditionalOnMissingBean
		WireMockResource declaredWireMockResource(WireMockServer server, ObjectProvider<CurrentSlot> currentSlot) {
			return new WireMockResource(server, false, currentSlot);
		}

	}

}
