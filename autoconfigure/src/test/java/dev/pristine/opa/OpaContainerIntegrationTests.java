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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.lifecycle.TestcontainersLifecycleApplicationContextInitializer;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

import dev.pristine.TestIsolation;
import dev.pristine.launch.DockerTest;
import dev.pristine.resource.Rehearsal;
import dev.pristine.resource.TestScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for OPA in containers: Pristine's and the user's.
 */
@DockerTest
class OpaContainerIntegrationTests {

	private static final String IMAGE = new StandardEnvironment().getProperty("PRISTINE_OPA_IMAGE",
			OpaProperties.IMAGE);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(new TestcontainersLifecycleApplicationContextInitializer())
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class, OpaAutoConfiguration.class))
		.withPropertyValues("pristine.opa.policies=classpath:dev/pristine/opa/policies/", "pristine.opa.image=" + IMAGE,
				"pristine.opa.launch=container");

	@Test
	void startsContainerWithThePoliciesAndResetsIt() {
		this.runner.run((context) -> {
			OpaClient client = context.getBean(OpaClient.class);
			assertBaseline(client);
			Rehearsal.run(context.getBean(OpaResource.class), new TestScope("changes", TestIsolation.TRUNCATE), () -> {
				client.putPolicy("new.rego", "package new");
				TestOpa.send(context.getBean(OpaConnectionDetails.class).getUrl(), "PATCH", "/v1/data",
						"[{\"op\":\"remove\",\"path\":\"/users\"}]");
			});
			assertBaseline(client);
		});
	}

	private static void assertBaseline(OpaClient client) {
		assertThat(client.evaluate("authz/allow", Map.of("user", "ann"), Boolean.class)).isTrue();
		assertThat(client.policies()).containsExactly("authz/authz.rego", "roles.rego");
	}

	@Test
	void listensOnLoopbackOnly() {
		this.runner.run((context) -> {
			int port = context.getBean(OpaConnectionDetails.class).getUrl().getPort();
			assertThat(DockerClientFactory.instance().client().listContainersCmd().exec())
				.flatExtracting((container) -> List.of(container.getPorts()))
				.filteredOn((published) -> published.getPublicPort() != null && published.getPublicPort() == port)
				.isNotEmpty()
				.allSatisfy((published) -> assertThat(published.getIp()).isEqualTo("127.0.0.1"));
		});
	}

	@Test
	void policiesThatDoNotCompileStopTheStartWithOpasMessage(@TempDir Path directory) throws IOException {
		Files.writeString(directory.resolve("wrong.rego"), "package wrong\n\nx := y");
		this.runner.withPropertyValues("pristine.opa.policies=" + directory.toUri(), "pristine.opa.startup-timeout=60s")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("wrong.rego:3: rego_unsafe_var_error: var y is unsafe"));
	}

	@Test
	void givesItsPoliciesToTheUsersContainer() {
		this.runner.withUserConfiguration(UserContainer.class).run((context) -> {
			assertThat(context).hasSingleBean(OpaConnectionDetails.class);
			assertThat(context.getBean(OpaConnectionDetails.class).getUrl())
				.hasPort(context.getBean(GenericContainer.class).getMappedPort(8181));
			assertBaseline(context.getBean(OpaClient.class));
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class UserContainer {

		@Bean
		@ServiceConnection("opa")
		GenericContainer<?> container() {
			return new GenericContainer<>(IMAGE).withCommand("run", "--server", "--addr", "0.0.0.0:8181")
				.withExposedPorts(8181)
				.waitingFor(Wait.forHttp("/health"));
		}

	}

}
