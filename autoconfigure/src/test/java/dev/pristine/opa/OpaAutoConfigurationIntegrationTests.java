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

package dev.pristine.opa;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.launch.UnusedPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaAutoConfiguration}.
 */
@OpaTest
class OpaAutoConfigurationIntegrationTests {

	private static final String POLICIES = "pristine.opa.policies=classpath:dev/pristine/opa/policies/";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(OpaAutoConfiguration.class))
		.withPropertyValues("pristine.opa.launch=embedded");

	@Test
	void appearsWherePoliciesStandOrItIsAskedFor() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(OpaConnectionDetails.class)
			.doesNotHaveBean(OpaClient.class)
			.doesNotHaveBean(OpaResource.class));
		this.runner.withPropertyValues("pristine.opa.enabled=true")
			.run((context) -> assertThat(context.getBean(OpaClient.class).policies()).isEmpty());
		this.runner.withPropertyValues(POLICIES, "pristine.opa.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(OpaClient.class));
		this.runner.withPropertyValues(POLICIES)
			.withClassLoader(new FilteredClassLoader(JsonMapper.class))
			.run((context) -> assertThat(context).doesNotHaveBean(OpaConnectionDetails.class));
	}

	@Test
	void loadsPoliciesAndDataBeforeTheApplicationLearnsTheAddress() {
		this.runner.withPropertyValues(POLICIES, "pristine.opa.export-to=app.opa.url")
			.withUserConfiguration(Application.class)
			.run((context) -> {
				assertThat(context.getBean(Application.class).allowed).isTrue();
				assertThat(context.getBean(OpaConnectionDetails.class).getUrl()).hasHost("127.0.0.1");
				OpaClient client = context.getBean(OpaClient.class);
				assertThat(client.policies()).containsExactly("authz/authz.rego", "roles.rego");
				assertThat(client.evaluate("config/since", null, String.class)).isEqualTo("2024-01-01");
			});
	}

	@Test
	void endsWithItsContext() {
		this.runner.withPropertyValues(POLICIES).run((context) -> {
			OpaClient client = context.getBean(OpaClient.class);
			context.getSourceApplicationContext().close();
			assertThatExceptionOfType(OpaException.class).isThrownBy(client::policies)
				.withMessageContaining("does not answer");
		});
	}

	@Test
	void listensOnTheGivenPort() throws IOException {
		int port = UnusedPort.find();
		this.runner.withPropertyValues(POLICIES, "pristine.opa.port=" + port)
			.run((context) -> assertThat(context.getBean(OpaConnectionDetails.class).getUrl()).hasPort(port));
	}

	@Test
	void strangerOnLostPortIsNotOurs() throws IOException {
		try (TestOpa stranger = TestOpa.start()) {
			OpaProperties properties = OpaProperties.from(new MockEnvironment());
			assertThat(ProvidedOpa.version(stranger.server, "ours", properties)).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "pristine.opa.policies=classpath:dev/pristine/opa/broken/, broken.rego:5: rego_parse_error: ",
			"pristine.opa.policies=classpath:dev/pristine/opa/conflict/, data.json: merge error",
			"pristine.opa.arguments=--config-file=/none.yaml, /none.yaml: no such file",
			"pristine.opa.executable=/none, pristine.opa.executable",
			"pristine.opa.url=http://127.0.0.1:1, Connection refused" })
	void saysWhyItCannotStart(String property, String message) {
		this.runner.withPropertyValues("pristine.opa.enabled=true", "pristine.opa.disposable=true",
				"pristine.opa.startup-timeout=" + (property.contains("url") ? "5s" : "60s"),
				property.contains("url") ? "pristine.opa.launch=external" : "pristine.opa.launch=embedded", property)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(message));
	}

	@Test
	void givesItsPoliciesToOneThatTheUserDeclares() {
		try (TestOpa users = TestOpa.start(Map.of("users.rego", "package users"))) {
			this.runner.withPropertyValues(POLICIES)
				.withBean("users", OpaConnectionDetails.class, () -> users::url)
				.run((context) -> {
					assertThat(context).getBean(OpaConnectionDetails.class).isSameAs(context.getBean("users"));
					assertThat(context.getBean(OpaClient.class).policies()).containsExactly("authz/authz.rego",
							"roles.rego", "users.rego");
				});
			this.runner.withBean("users", OpaConnectionDetails.class, () -> users::url)
				.run((context) -> assertThat(context).hasSingleBean(OpaClient.class).hasSingleBean(OpaResource.class));
		}
	}

	@Test
	void emptiesAnExternalOneThatIsDisposable() {
		try (TestOpa external = TestOpa
			.start(Map.of("left/over.rego", "package left.over", "data.json", "{\"x\":1}"))) {
			ApplicationContextRunner runner = this.runner.withPropertyValues(POLICIES, "pristine.opa.launch=auto",
					"pristine.opa.url=" + external.url());
			runner
				.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("pristine.opa.disposable"));
			assertThat(external.client.policies()).containsExactly("left/over.rego");
			runner.withPropertyValues("pristine.opa.disposable=true").run((context) -> {
				assertThat(context.getBean(OpaConnectionDetails.class).getUrl()).isEqualTo(external.url());
				assertThat(external.client.policies()).containsExactly("authz/authz.rego", "roles.rego");
				assertThat(external.client.find("x", null, Integer.class)).isEmpty();
			});
			assertThat(external.client.policies()).hasSize(2);
		}
	}

	static class Application {

		private final boolean allowed;

		Application(@Value("${app.opa.url}") URI url) {
			OpaHttp http = new OpaHttp(() -> url);
			this.allowed = new OpaClient(() -> http).evaluate("authz/allow", Map.of("user", "ann"), Boolean.class);
		}

	}

}
