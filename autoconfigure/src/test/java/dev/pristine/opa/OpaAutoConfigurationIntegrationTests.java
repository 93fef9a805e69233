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

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.json.JsonMapper;

import dev.pristine.resource.ResourceException;

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
	void appearsOnlyWherePoliciesStand() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(OpaConnectionDetails.class)
			.doesNotHaveBean(OpaClient.class)
			.doesNotHaveBean(OpaResource.class));
		this.runner.withPropertyValues(POLICIES)
			.run((context) -> assertThat(context).hasSingleBean(OpaConnectionDetails.class)
				.hasSingleBean(OpaClient.class)
				.hasSingleBean(OpaResource.class));
	}

	@Test
	void propertyDecidesWhetherItAppears() {
		this.runner.withPropertyValues("pristine.opa.enabled=true")
			.run((context) -> assertThat(context.getBean(OpaClient.class).policies()).isEmpty());
		this.runner.withPropertyValues(POLICIES, "pristine.opa.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(OpaClient.class));
	}

	@Test
	void backsOffWithoutJackson() {
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
			});
	}

	@Test
	void eachContextHasItsOwn() {
		this.runner.withPropertyValues(POLICIES)
			.run((first) -> this.runner.withPropertyValues(POLICIES).run((second) -> {
				assertThat(first.getBean(OpaConnectionDetails.class).getUrl())
					.isNotEqualTo(second.getBean(OpaConnectionDetails.class).getUrl());
				first.getBean(OpaClient.class).putData("x", 1);
				assertThat(second.getBean(OpaClient.class).find("x", null, Integer.class)).isEmpty();
			}));
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
	void policyThatDoesNotCompileStopsTheStart() {
		this.runner.withPropertyValues("pristine.opa.policies=classpath:dev/pristine/opa/broken/")
			.run((context) -> assertThat(failure(context.getStartupFailure()))
				.hasMessageContaining("broken.rego:5: rego_parse_error: "));
	}

	@Test
	void backsOffWhenUserDeclaresDetailsWhichGetThePolicies() {
		NativeOpa users = TestOpa.start();
		try {
			this.runner.withPropertyValues(POLICIES)
				.withBean("users", OpaConnectionDetails.class, () -> users::getUrl)
				.run((context) -> {
					assertThat(context).getBean(OpaConnectionDetails.class).isSameAs(context.getBean("users"));
					assertThat(context.getBean(OpaClient.class).policies()).hasSize(2);
				});
		}
		finally {
			users.destroy();
		}
	}

	@Test
	void usersDetailsNeedNoPolicies() {
		NativeOpa users = TestOpa.start();
		try {
			this.runner.withBean("users", OpaConnectionDetails.class, () -> users::getUrl)
				.run((context) -> assertThat(context).hasSingleBean(OpaClient.class).hasSingleBean(OpaResource.class));
		}
		finally {
			users.destroy();
		}
	}

	@Test
	void usesExternalOpaThatIsDisposable() {
		NativeOpa external = TestOpa.start();
		try {
			OpaClient client = new OpaClient(new OpaHttp(external));
			client.putPolicy("left/over.rego", "package left.over");
			client.putData("left", 1);
			this.runner
				.withPropertyValues(POLICIES, "pristine.opa.launch=external", "pristine.opa.url=" + external.getUrl())
				.run((context) -> assertThat(failure(context.getStartupFailure()))
					.hasMessageContaining("pristine.opa.disposable"));
			assertThat(client.policies()).containsExactly("left/over.rego");
			this.runner
				.withPropertyValues(POLICIES, "pristine.opa.launch=auto", "pristine.opa.url=" + external.getUrl(),
						"pristine.opa.disposable=true")
				.run((context) -> {
					assertThat(context.getBean(OpaConnectionDetails.class).getUrl()).isEqualTo(external.getUrl());
					assertThat(client.policies()).containsExactly("authz/authz.rego", "roles.rego");
					assertThat(client.find("left", null, Integer.class)).isEmpty();
				});
		}
		finally {
			external.destroy();
		}
	}

	@Test
	void unreachableExternalOpaStopsTheStart() {
		this.runner
			.withPropertyValues(POLICIES, "pristine.opa.launch=external", "pristine.opa.url=http://127.0.0.1:1",
					"pristine.opa.disposable=true")
			.run((context) -> assertThat(failure(context.getStartupFailure()))
				.hasMessageContaining("OPA does not answer at http://127.0.0.1:1"));
	}

	@Test
	void argumentsReachOpa() {
		this.runner
			.withPropertyValues("pristine.opa.enabled=true", "pristine.opa.arguments=--set=labels.kind=pristine-test")
			.run((context) -> assertThat(new OpaHttp(context.getBean(OpaConnectionDetails.class)).get("/v1/config")
				.at("/result/labels/kind")
				.asString()).isEqualTo("pristine-test"));
	}

	@Test
	void opaThatDoesNotStartIsReportedWithItsWords() {
		this.runner.withPropertyValues("pristine.opa.enabled=true", "pristine.opa.arguments=--config-file=/none.yaml")
			.run((context) -> assertThat(failure(context.getStartupFailure()))
				.hasMessageContaining("/none.yaml: no such file"));
	}

	private static ResourceException failure(Throwable startupFailure) {
		Throwable failure = startupFailure;
		while (failure != null && !(failure instanceof ResourceException)) {
			failure = failure.getCause();
		}
		assertThat(failure).isInstanceOf(ResourceException.class);
		return (ResourceException) failure;
	}

	static class Application {

		private final boolean allowed;

		Application(@Value("${app.opa.url}") URI url) {
			OpaHttp http = new OpaHttp(url, null);
			this.allowed = new OpaClient(http).evaluate("authz/allow", Map.of("user", "ann"), Boolean.class);
		}

	}

}
