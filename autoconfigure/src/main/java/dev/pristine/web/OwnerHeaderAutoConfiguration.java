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

package dev.pristine.web;

import java.util.EnumSet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.resttestclient.autoconfigure.RestTestClientBuilderCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webtestclient.autoconfigure.WebTestClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.WebFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link TestOwnerHeader}:
 * clients send it, servers read it.
 *
 * @since 0.1.0
 */
@AutoConfiguration
public final class OwnerHeaderAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class ServletConfiguration {

		@Bean
		FilterRegistrationBean<OwnerFilter> testOwnerFilter() {
			FilterRegistrationBean<OwnerFilter> registration = new FilterRegistrationBean<>(new OwnerFilter());
			registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebFilter.class)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveConfiguration {

		@Bean
		OwnerWebFilter testOwnerWebFilter() {
			return new OwnerWebFilter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RestClientCustomizer.class)
	static class RestClientConfiguration {

		@Bean
		RestClientCustomizer testOwnerRestClientCustomizer() {
			return (builder) -> builder.requestInitializer(new OwnerHeaderInterceptor());
		}

		// Also those of a TestRestTemplate
		@Bean
		RestTemplateCustomizer testOwnerRestTemplateCustomizer() {
			return (template) -> template.getClientHttpRequestInitializers().add(new OwnerHeaderInterceptor());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestTestClient.class, RestTestClientBuilderCustomizer.class })
	static class RestTestClientConfiguration {

		@Bean
		RestTestClientBuilderCustomizer testOwnerRestTestClientBuilderCustomizer() {
			return (builder) -> builder.requestInterceptor(new OwnerHeaderInterceptor());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class })
	static class WebClientConfiguration {

		@Bean
		WebClientCustomizer testOwnerWebClientCustomizer() {
			return (builder) -> builder.filter(new OwnerHeaderFunction());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebTestClient.class, WebClient.class, WebTestClientBuilderCustomizer.class })
	static class WebTestClientConfiguration {

		@Bean
		WebTestClientBuilderCustomizer testOwnerWebTestClientBuilderCustomizer() {
			return (builder) -> builder.filter(new OwnerHeaderFunction());
		}

	}

}
