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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExportedAddress}.
 */
class ExportedAddressTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Server.class)
		.withPropertyValues("app.server.url=http://default", "app.other=default");

	@Test
	void writesAddressToNamedProperties() {
		this.runner.withPropertyValues("pristine.server.export-to=app.server.url,app.second")
			.withUserConfiguration(Client.class)
			.run((context) -> {
				assertThat(context.getEnvironment().getProperty("app.server.url")).isEqualTo("http://server:1");
				assertThat(context.getEnvironment().getProperty("app.second")).isEqualTo("http://server:1");
				assertThat(context.getEnvironment().getProperty("app.other")).isEqualTo("default");
				assertThat(context.getBean(Client.class).value).isEqualTo("http://server:1");
				assertThat(context.getBean(ClientProperties.class).url()).isEqualTo("http://server:1");
			});
	}

	@Test
	void startsNoServerUntilSomebodyReadsItsAddress() {
		this.runner.withPropertyValues("pristine.server.export-to=app.server.url").run((context) -> {
			AtomicInteger starts = context.getBean(AtomicInteger.class);
			assertThat(context.getEnvironment().getProperty("app.other")).isEqualTo("default");
			assertThat(context.getEnvironment().containsProperty("app.server.url")).isTrue();
			assertThat(starts).hasValue(0);
			context.getEnvironment().getProperty("app.server.url");
			assertThat(starts).hasValue(1);
		});
	}

	@Test
	void changesNothingWithoutNamesOrServer() {
		this.runner.run((context) -> assertThat(context.getEnvironment().getProperty("app.server.url"))
			.isEqualTo("http://default"));
		new ApplicationContextRunner().withBean(ExportedAddress.class, () -> export())
			.withPropertyValues("pristine.server.export-to=app.server.url", "app.server.url=http://default")
			.run((context) -> assertThat(context.getEnvironment().getProperty("app.server.url"))
				.isEqualTo("http://default"));
	}

	@Test
	void reachesFiltersOfTheWebServer() {
		new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
			.withUserConfiguration(Server.class, WebServer.class)
			.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class))
			.withPropertyValues("pristine.server.export-to=app.server.url")
			.run((context) -> assertThat(context.getBean("filter", FilterRegistrationBean.class).getUrlPatterns())
				.asString()
				.contains("http://server:1"));
	}

	private static ExportedAddress<Details> export() {
		return new ExportedAddress<>("pristine.server.export-to", Details.class,
				(details) -> "http://" + details.host());
	}

	record Details(String host) implements ConnectionDetails {

	}

	@Configuration(proxyBeanMethods = false)
	static class Server {

		@Bean
		AtomicInteger starts() {
			return new AtomicInteger();
		}

		@Bean
		@Lazy
		Details details(AtomicInteger starts) {
			starts.incrementAndGet();
			return new Details("server:1");
		}

		@Bean
		static ExportedAddress<Details> exportedAddress() {
			return export();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(ClientProperties.class)
	static class Client {

		@Value("${app.server.url}")
		private String value;

	}

	@ConfigurationProperties("app.server")
	record ClientProperties(String url) {

	}

	@Configuration(proxyBeanMethods = false)
	static class WebServer {

		@Bean
		TomcatServletWebServerFactory webServerFactory() {
			return new TomcatServletWebServerFactory(0);
		}

		@Bean
		FilterRegistrationBean<jakarta.servlet.Filter> filter(@Value("${app.server.url}") String url) {
			FilterRegistrationBean<jakarta.servlet.Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.addUrlPatterns("/" + url);
			return registration;
		}

	}

}
