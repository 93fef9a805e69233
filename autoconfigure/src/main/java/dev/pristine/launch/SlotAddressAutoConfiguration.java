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

import java.net.URI;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;

import dev.pristine.resource.SlotAddress;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that has the HTTP clients which come
 * from Spring Boot's builders find the servers of their slot. It acts last, so that all
 * else in a client sees the address that the application asked for.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(SlotAddress.class)
public final class SlotAddressAutoConfiguration {

	private static URI lead(ObjectProvider<SlotAddress> addresses, URI url) {
		URI led = url;
		for (SlotAddress address : addresses) {
			led = address.lead(led);
		}
		return led;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClientCustomizer.class, RestClient.class })
	static class RestClients {

		@Bean
		@Order
		RestClientCustomizer slotAddressRestClientCustomizer(ObjectProvider<SlotAddress> addresses) {
			return (builder) -> builder.requestInterceptor(interceptor(addresses));
		}

		@Bean
		@Order
		RestTemplateCustomizer slotAddressRestTemplateCustomizer(ObjectProvider<SlotAddress> addresses) {
			return (template) -> template.getInterceptors().add(interceptor(addresses));
		}

		private static ClientHttpRequestInterceptor interceptor(ObjectProvider<SlotAddress> addresses) {
			return (request, body, execution) -> {
				URI url = lead(addresses, request.getURI());
				return execution.execute(new HttpRequestWrapper(request) {

					@Override
					public URI getURI() {
						return url;
					}

				}, body);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClientCustomizer.class, WebClient.class })
	static class WebClients {

		@Bean
		@Order
		WebClientCustomizer slotAddressWebClientCustomizer(ObjectProvider<SlotAddress> addresses) {
			return (builder) -> builder.filter((request, next) -> next
				.exchange(ClientRequest.from(request).url(lead(addresses, request.url())).build()));
		}

	}

}
