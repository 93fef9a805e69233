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

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureJdbc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

import dev.pristine.IsolationMode;
import dev.pristine.TestIsolation;
import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link PristineContextCustomizerFactory}: contexts that have none of
 * Pristine's auto-configuration by themselves.
 */
@ExtendWith(OutputCaptureExtension.class)
class TestContextsIntegrationTests {

	private static DevelopersServers developer;

	@BeforeAll
	static void startServers() throws IOException, SQLException {
		developer = new DevelopersServers();
		System.setProperty("guard.postgres", developer.postgres());
		System.setProperty("guard.redis", String.valueOf(developer.redisPort()));
	}

	@AfterAll
	static void stopServers() throws IOException, SQLException {
		System.clearProperty("guard.postgres");
		System.clearProperty("guard.redis");
		developer.close();
	}

	@ParameterizedTest
	@ValueSource(classes = { WithAutoConfigureJdbc.class, WithImportedAutoConfiguration.class, WithSpringAlone.class,
			WithSpringBootAlone.class })
	void leadsToDatabaseOfTests(Class<?> testClass) throws Exception {
		DataSource dataSource = context(testClass).getBean(DataSource.class);
		try (Connection connection = dataSource.getConnection()) {
			connection.createStatement().execute("CREATE TABLE IF NOT EXISTS written (id int)");
			assertThat(connection.getMetaData().getURL()).contains("pristine_").doesNotContain(developer.postgres());
		}
		assertThat(context(testClass).getBeanNamesForType(dev.pristine.resource.TestResource.class)).isNotEmpty();
		assertThat(developer.look()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { HardCodedWithSpringAlone.class, RedisWithSpringAlone.class })
	void refuses(Class<?> testClass) {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> context(testClass))
			.withRootCauseInstanceOf(ResourceException.class)
			.havingRootCause()
			.withMessageContaining("'own' leads to");
		assertThat(developer.look()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { WithDynamicProperty.class, WithReferenceToDynamicProperty.class })
	void takesAddressThatTestRegistersForDeclared(Class<?> testClass) throws Exception {
		assertThat(context(testClass).getBean(HikariDataSource.class).getJdbcUrl()).contains(developer.postgres());
	}

	@Test
	void startsNoServerThatNobodyNeeds() throws Exception {
		ApplicationContext context = context(WithoutServers.class);
		assertThat(context.getBeanNamesForType(DestinationGuard.class)).isNotEmpty();
		assertThat(((org.springframework.context.ConfigurableApplicationContext) context).getBeanFactory()
			.containsSingleton("pristinePostgresDatabase")).isFalse();
	}

	@Test
	void makesNoDifferenceToTheCacheOfContexts() {
		PristineContextCustomizerFactory factory = new PristineContextCustomizerFactory();
		assertThat(factory.createContextCustomizer(WithSpringAlone.class, List.of()))
			.isEqualTo(factory.createContextCustomizer(WithoutServers.class, List.of()))
			.hasSameHashCodeAs(factory.createContextCustomizer(WithoutServers.class, List.of()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "3.5.6", "2.7.18" })
	void refusesOlderSpringBoot(String version) {
		assertThatExceptionOfType(ResourceException.class)
			.isThrownBy(() -> PristineContextCustomizerFactory.checkVersion(version))
			.withMessageContaining("This is Spring Boot " + version)
			.withMessageContaining("needs 4.0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.0.0", "4.1.1", "10.0.0-M1" })
	void acceptsSpringBoot(String version) {
		assertThatNoException().isThrownBy(() -> PristineContextCustomizerFactory.checkVersion(version));
	}

	@Test
	void namesTestClassThatReplacesListeners(CapturedOutput output) {
		PristineContextCustomizerFactory factory = new PristineContextCustomizerFactory();
		factory.createContextCustomizer(ReplacesListeners.class, List.of());
		factory.createContextCustomizer(ReplacesListeners.class, List.of());
		assertThat(output.toString().split("replaces the listeners of its tests", -1)).hasSize(2);
		assertThat(output).contains(ReplacesListeners.class.getName(), "MERGE_WITH_DEFAULTS");
	}

	@ParameterizedTest
	@ValueSource(classes = { AddsListeners.class, ReplacesListenersAndMeansIt.class, WithSpringAlone.class })
	void isSilentAboutOtherListeners(Class<?> testClass, CapturedOutput output) {
		new PristineContextCustomizerFactory().createContextCustomizer(testClass, List.of());
		assertThat(output).doesNotContain("replaces the listeners");
	}

	@Test
	void namesFileOfProfileThatIsNotActive(@TempDir Path folder, CapturedOutput output) throws Exception {
		Files.writeString(folder.resolve("application-test.yml"), "pristine:\n  isolation:\n    mode: none\n");
		start(folder, "test");
		assertThat(output).doesNotContain("does not read it");
		start(folder, "other");
		assertThat(output).contains("'application-test.yml' sets properties of Pristine", "@ActiveProfiles(\"test\")");
	}

	private static void start(Path classPath, String... profiles) throws IOException {
		ContextCustomizer customizer = new PristineContextCustomizerFactory()
			.createContextCustomizer(WithoutServers.class, List.of());
		try (URLClassLoader loader = new URLClassLoader(new URL[] { classPath.toUri().toURL() })) {
			new SpringApplicationBuilder(WithoutServers.class).resourceLoader(new DefaultResourceLoader(loader))
				.web(WebApplicationType.NONE)
				.profiles(profiles)
				.initializers((context) -> customizer.customizeContext(context,
						new MergedContextConfiguration(WithoutServers.class, null, null, null, null)))
				.run()
				.close();
		}
	}

	private static ApplicationContext context(Class<?> testClass) throws Exception {
		return new TestContextManager(testClass).getTestContext().getApplicationContext();
	}

	@SpringBootTest(classes = Nothing.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@AutoConfigureJdbc
	@Developer
	static class WithAutoConfigureJdbc {

	}

	@SpringBootTest(classes = Nothing.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@ImportAutoConfiguration(DataSourceAutoConfiguration.class)
	@Developer
	static class WithImportedAutoConfiguration {

	}

	@SpringJUnitConfig(FromEnvironment.class)
	@Developer
	static class WithSpringAlone {

	}

	@SpringBootTest(classes = FromEnvironment.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@Developer
	static class WithSpringBootAlone {

	}

	@SpringJUnitConfig(HardCoded.class)
	@Developer
	static class HardCodedWithSpringAlone {

	}

	@SpringJUnitConfig(OwnRedis.class)
	@Developer
	static class RedisWithSpringAlone {

	}

	@SpringBootTest(classes = Nothing.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
	@AutoConfigureJdbc
	@Developer
	@TestPropertySource(properties = "spring.flyway.enabled=false")
	static class WithDynamicProperty {

		@DynamicPropertySource
		static void register(DynamicPropertyRegistry registry) {
			registry.add("spring.datasource.url", () -> "jdbc:postgresql://" + developer.postgres());
			registry.add("spring.datasource.username", developer::username);
			registry.add("spring.datasource.password", developer::password);
		}

	}

	@SpringBootTest(classes = Nothing.class)
	@AutoConfigureJdbc
	@TestPropertySource(properties = { "spring.flyway.enabled=false", "spring.datasource.url=${app.db.url}",
			"app.db.url=jdbc:postgresql://db.example.com/orders" })
	static class WithReferenceToDynamicProperty {

		@DynamicPropertySource
		static void register(DynamicPropertyRegistry registry) {
			registry.add("app.db.url", () -> "jdbc:postgresql://" + developer.postgres());
			registry.add("spring.datasource.username", developer::username);
			registry.add("spring.datasource.password", developer::password);
		}

	}

	@WebMvcTest
	@org.springframework.test.context.ContextConfiguration(classes = Nothing.class)
	@Developer
	@TestPropertySource(properties = "app.reports.url=${spring.datasource.url}")
	static class WithoutServers {

	}

	@SpringJUnitConfig(Nothing.class)
	@TestExecutionListeners(DependencyInjectionTestExecutionListener.class)
	static class ReplacesListeners {

	}

	@IsolationMode(TestIsolation.NONE)
	static class ReplacesListenersAndMeansIt extends ReplacesListeners {

	}

	@SpringJUnitConfig(Nothing.class)
	@TestExecutionListeners(listeners = Listener.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
	static class AddsListeners {

	}

	static class Listener extends AbstractTestExecutionListener {

	}

	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	@TestPropertySource(
			properties = { "pristine.launch=embedded", "spring.datasource.url=jdbc:postgresql://${guard.postgres}",
					"spring.datasource.username=me", "spring.datasource.password=mine" })
	@interface Developer {

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	static class FromEnvironment {

		@Bean
		DataSource dataSource(@Value("${spring.datasource.url}") String url,
				@Value("${spring.datasource.username}") String username,
				@Value("${spring.datasource.password}") String password) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(url);
			pool.setUsername(username);
			pool.setPassword(password);
			return pool;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HardCoded {

		@Bean
		DataSource own(@Value("${guard.postgres}") String address) {
			return new FromEnvironment().dataSource("jdbc:postgresql://" + address, developer.username(),
					developer.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRedis {

		@Bean
		LettuceConnectionFactory own(@Value("${guard.redis}") int port) {
			return new LettuceConnectionFactory("127.0.0.1", port);
		}

	}

}
