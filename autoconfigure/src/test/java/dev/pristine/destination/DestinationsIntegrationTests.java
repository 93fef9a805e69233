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
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import reactor.core.publisher.Mono;

import dev.pristine.isolation.IsolationAutoConfiguration;
import dev.pristine.memory.MemoryAutoConfiguration;
import dev.pristine.postgres.PostgresIsolationAutoConfiguration;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.redis.RedisAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rule of this package against a developer's servers: what would reach them does not
 * start, or reaches the tests' servers instead.
 */
@ExtendWith(OutputCaptureExtension.class)
class DestinationsIntegrationTests {

	private static DevelopersServers developer;

	@BeforeAll
	static void startServers() throws IOException, SQLException {
		developer = new DevelopersServers();
	}

	@AfterAll
	static void stopServers() throws IOException, SQLException {
		developer.close();
	}

	@ParameterizedTest
	@MethodSource("refused")
	void refuses(Case each) {
		each.run((context) -> {
			assertThat(context.getStartupFailure()).as("start").isNotNull();
			Throwable root = context.getStartupFailure();
			while (root.getCause() != null && root.getCause() != root) {
				root = root.getCause();
			}
			assertThat(root).hasMessageContainingAll(each.messages());
			assertThat(root.getMessage()).doesNotContain(developer.password());
		});
		assertThat(developer.look()).as("what the developer's servers saw").isEmpty();
	}

	@ParameterizedTest
	@MethodSource("led")
	void leadsToServersOfTests(Case each) {
		each.run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBeanProvider(DataSource.class).stream().forEach(DestinationsIntegrationTests::write);
			context.getBeanProvider(ConnectionFactory.class).stream().forEach(DestinationsIntegrationTests::write);
			context.getBeanProvider(RedisConnectionFactory.class).stream().forEach(DestinationsIntegrationTests::write);
		});
		assertThat(developer.look()).as("what the developer's servers saw").isEmpty();
	}

	@ParameterizedTest
	@MethodSource("consented")
	void letsThroughWhatIsConsentedTo(Case each) {
		each.run((context) -> assertThat(context).hasNotFailed());
		developer.look();
	}

	@ParameterizedTest
	@MethodSource("named")
	void namesWhatIsNotIsolated(Case each, CapturedOutput output) {
		each.run((context) -> assertThat(context).hasNotFailed());
		each.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.toString().split(Pattern.quote(each.messages()[0]), -1)).as(output.toString()).hasSize(2);
		assertThat(developer.look()).as("what the developer's servers saw").isEmpty();
	}

	static Stream<Arguments> refused() {
		return cases(
				jdbc("data source of its own").beans(HardCoded.class)
					.says("The DataSource 'hardCoded' leads to postgresql://127.0.0.1:", "spring.datasource.url",
							"pristine.foreign=hardCoded", "pristine.postgres.enabled=false"),
				jdbc("with Flyway").beans(HardCoded.class)
					.configurations(FlywayAutoConfiguration.class)
					.says("'hardCoded' leads to"),
				jdbc("with Liquibase").beans(HardCoded.class)
					.configurations(LiquibaseAutoConfiguration.class)
					.with("spring.liquibase.change-log=classpath:db/changelog/library.sql")
					.says("'hardCoded' leads to"),
				jdbc("one of two data sources").beans(SecondOfTwo.class).says("'second' leads to"),
				jdbc("second data source from properties").beans(SecondFromProperties.class)
					.with("app.second.jdbc-url=jdbc:postgresql://${guard.postgres}", "app.second.username=me",
							"pristine.foreign=app.second.jdbc-url")
					.says("'second' leads to"),
				jdbc("property of the application").with("app.events.url=jdbc:postgresql://${guard.postgres}")
					.says("The property 'app.events.url' leads to postgresql://", "${spring.datasource.url}",
							"pristine.foreign=app.events.url"),
				jdbc("property put together").with("app.host=db.example.com", "app.url=postgres://${app.host}/orders")
					.says("'app.url' leads to postgres://db.example.com:5432/orders"),
				jdbc("property with Redis").with("app.queue=redis://127.0.0.1:${guard.redis}")
					.says("'app.queue' leads to redis://127.0.0.1:", "pristine.redis.export-to"),
				jdbc("property with OPA").with("app.opa.url=http://localhost:8181")
					.says("'app.opa.url' leads to opa://localhost:8181", "pristine.opa.export-to"),
				jdbc("data source of the driver").beans(OfDriver.class).says("'ofDriver' leads to"),
				jdbc("data source of Spring").beans(OfSpring.class).says("'ofSpring' leads to"),
				jdbc("pool around a data source").beans(PoolAround.class).says("'poolAround' leads to"),
				jdbc("routing data source").beans(Routing.class).says("'routing' leads to"),
				jdbc("lazy proxy").beans(LazyProxy.class).says("'lazyProxy' leads to"),
				jdbc("lazy proxy that reads elsewhere").beans(LazyReader.class)
					.says("The DataSource 'lazyReader' leads to postgresql://"),
				jdbc("Flyway elsewhere").configurations(FlywayAutoConfiguration.class)
					.with("spring.datasource.url=jdbc:h2:mem:orders", "spring.datasource.username=",
							"spring.datasource.password=", "spring.flyway.url=jdbc:postgresql://${guard.postgres}",
							"spring.flyway.user=me")
					.says("The Flyway 'flyway' leads to postgresql://", "pristine.foreign=flyway"),
				jdbc("Liquibase elsewhere").configurations(LiquibaseAutoConfiguration.class)
					.with("spring.datasource.url=jdbc:h2:mem:orders", "spring.datasource.username=",
							"spring.datasource.password=", "spring.liquibase.url=jdbc:postgresql://${guard.postgres}",
							"spring.liquibase.user=me",
							"spring.liquibase.change-log=classpath:db/changelog/library.sql")
					.says("'liquibase' leads to postgresql://"),
				jdbc("wrapped driver").beans(WrappedDriver.class).says("'wrappedDriver' leads to postgresql://"),
				jdbc("other host at the same port").beans(OtherHost.class).says("'otherHost' leads to"),
				jdbc("several hosts").beans(SeveralHosts.class).says("'severalHosts' leads to postgresql://127.0.0.1:"),
				jdbc("pool with a data source beside its URL").beans(IgnoredUrl.class)
					.says("'ignoredUrl' leads to postgresql://"),
				jdbc("pool with the class of a data source beside its URL").beans(UrlIgnoredForClass.class)
					.says("'urlIgnoredForClass' leads to postgresql://"),
				jdbc("entity manager factory").beans(OwnEntityManagerFactory.class)
					.says("'entityManagerFactory' leads to postgresql://"),
				new Case("no auto-configuration of the server").beans(HardCoded.class)
					.configurations(DestinationAutoConfiguration.class)
					.says("'hardCoded' leads to", "Pristine provides none in this application context"),
				new Case("no driver").withoutClass(Driver.class)
					.configurations(DestinationAutoConfiguration.class, PostgresServerAutoConfiguration.class,
							R2dbcAutoConfiguration.class)
					.with("spring.r2dbc.url=r2dbc:postgresql://${guard.postgres}", "spring.r2dbc.username=me")
					.says("'connectionFactory' leads to", "'org.postgresql:postgresql'"),
				r2dbc("own factory").beans(OwnConnectionFactory.class).says("'own' leads to postgresql://127.0.0.1:"),
				r2dbc("factory of the driver").beans(ConnectionFactoryOfDriver.class)
					.says("'ofDriver' leads to postgresql://127.0.0.1:"),
				r2dbc("own factory, and Flyway").beans(OwnConnectionFactory.class)
					.configurations(FlywayAutoConfiguration.class)
					.says("'own' leads to"),
				redis("own factory").beans(OwnLettuce.class)
					.says("The RedisConnectionFactory 'own' leads to redis://127.0.0.1:", "spring.data.redis.url",
							"pristine.redis.enabled=false"),
				redis("own factory of Jedis").beans(OwnJedis.class).says("'own' leads to redis://127.0.0.1:"),
				redis("own factory of a cluster").beans(OwnCluster.class)
					.says("'own' leads to", "Pristine provides one server"),
				redis("cluster").with("spring.data.redis.cluster.nodes=127.0.0.1:${guard.redis}")
					.says("127.0.0.1:", "'spring.data.redis.cluster.nodes'"),
				redis("sentinel")
					.with("spring.data.redis.sentinel.master=m",
							"spring.data.redis.sentinel.nodes=127.0.0.1:${guard.redis}")
					.says("127.0.0.1:", "leave 'spring.data.redis.cluster.nodes' and its like empty"),
				new Case("no auto-configuration of Redis").beans(OwnLettuce.class)
					.configurations(DestinationAutoConfiguration.class)
					.says("'own' leads to", "RedisAutoConfiguration"),
				jdbc("misspelt").with("pristine.postgres.disposible=true")
					.says("There is no property 'pristine.postgres.disposible'", "'pristine.postgres.disposable'"),
				jdbc("misspelt resource").with("pristine.postgre.url=jdbc:postgresql://localhost/")
					.says("There is no property 'pristine.postgre.url'", "'pristine.postgres.url'"),
				jdbc("misspelt map").with("pristine.postgres.setings.work_mem=1MB")
					.says("'pristine.postgres.setings.workmem'", "'pristine.postgres.settings'"));
	}

	static Stream<Arguments> led() {
		return cases(jdbc("spring.datasource.url"), jdbc("Flyway").configurations(FlywayAutoConfiguration.class),
				jdbc("Flyway with an address").configurations(FlywayAutoConfiguration.class)
					.with("spring.flyway.url=jdbc:postgresql://${guard.postgres}", "spring.flyway.user=me"),
				jdbc("Liquibase with an address").configurations(LiquibaseAutoConfiguration.class)
					.with("spring.liquibase.url=jdbc:postgresql://${guard.postgres}", "spring.liquibase.user=me",
							"spring.liquibase.change-log=classpath:db/changelog/library.sql"),
				jdbc("pool with an address").with(
						"spring.datasource.hikari.jdbc-url=jdbc:postgresql://${guard.postgres}",
						"spring.datasource.hikari.username=me"),
				jdbc("wrapped driver").with("spring.datasource.driver-class-name=com.example.NoDriver"),
				jdbc("pool from DataSourceProperties").beans(FromDataSourceProperties.class),
				jdbc("pool from DataSourceProperties, with Flyway").beans(FromDataSourceProperties.class)
					.configurations(FlywayAutoConfiguration.class),
				jdbc("values of the environment").beans(FromValues.class),
				jdbc("several data sources").beans(Several.class), jdbc("data sources on demand").beans(OnDemand.class),
				jdbc("several data sources, with Flyway").beans(Several.class)
					.configurations(FlywayAutoConfiguration.class),
				jdbc("second one led by a property").beans(SecondFromProperties.class)
					.with("app.second.jdbc-url=${spring.datasource.url}",
							"app.second.username=${spring.datasource.username}",
							"app.second.password=${spring.datasource.password}"),
				jdbc("property that spring.datasource.url refers to").beans(SecondFromProperties.class)
					.with("app.second.jdbc-url=jdbc:postgresql://${guard.postgres}", "app.second.username=me",
							"app.second.password=${app.secret:mine}",
							"spring.datasource.url=${app.second.jdbc-url:jdbc:postgresql://${app.host:db}/orders}",
							"spring.datasource.username=${app.second.username}",
							"spring.datasource.password=${app.second.password}"),
				jdbc("entity manager factory with an address").beans(EntityManagerFactoryFromProperties.class)
					.with("spring.jpa.properties.hibernate.connection.url=jdbc:postgresql://${guard.postgres}",
							"spring.jpa.properties.hibernate.connection.username=me",
							"spring.jpa.properties.hibernate.connection.password=mine"),
				r2dbc("spring.r2dbc.url"), r2dbc("Flyway").configurations(FlywayAutoConfiguration.class),
				r2dbc("no address at all").with("spring.r2dbc.url="),
				r2dbc("own factory from the environment").beans(ConnectionFactoryFromValues.class),
				redis("spring.data.redis.host"),
				redis("spring.data.redis.url").with("spring.data.redis.url=redis://127.0.0.1:${guard.redis}/3"),
				redis("own factory from the environment").beans(LettuceFromValues.class),
				jdbc("empty address").with("pristine.postgres.url=", "pristine.postgres.username="),
				redis("empty address").with("pristine.redis.url="));
	}

	static Stream<Arguments> consented() {
		return cases(jdbc("named").beans(HardCoded.class).with("pristine.foreign=other,hardCoded"),
				jdbc("named property").with("app.events.url=jdbc:postgresql://${guard.postgres}",
						"pristine.foreign=app.events.url"),
				jdbc("disabled").beans(HardCoded.class).with("pristine.postgres.enabled=false"),
				jdbc("declared").beans(DeclaredDetails.class),
				jdbc("declared, with a data source of its own").beans(DeclaredDetails.class, HardCoded.class),
				r2dbc("declared").beans(DeclaredR2dbcDetails.class),
				redis("disabled").with("pristine.redis.enabled=false"),
				redis("named").beans(OwnLettuce.class).with("pristine.foreign=own"),
				jdbc("resource of somebody else").with("pristine.wiremock.export-to=payment.url"),
				jdbc("exported where there is no OPA").with("app.opa.url=http://localhost:8181",
						"pristine.opa.export-to=app.opa.url"),
				jdbc("names of images, and keys").with("app.images.database=postgres:16-alpine",
						"app.images.cache=redis:7", "app.prefix=redis:orders", "app.secret=${app.secret:none}"),
				jdbc("map and lists").with("pristine.postgres.settings.work_mem=5MB",
						"pristine.opa.policies[0]=classpath:none"));
	}

	static Stream<Arguments> named() {
		return cases(jdbc("H2")
			.with("spring.datasource.url=jdbc:h2:mem:orders", "spring.datasource.username=",
					"spring.datasource.password=")
			.says("leads to H2 in this JVM, which Pristine does not isolate: what tests write there stays. Remove its URL to have PostgreSQL"),
				jdbc("MySQL").beans(MySql.class)
					.says("'mySql' leads to mysql://db.example.com:3306/orders, which Pristine does not isolate"),
				jdbc("another service").beans(OtherService.class)
					.says("The application connects to Search, which Pristine does not isolate"),
				jdbc("schema.sql").with("spring.sql.init.schema-locations=classpath:library-schema.sql")
					.says("'library-schema.sql' did not run"),
				r2dbc("schema.sql").with("spring.sql.init.schema-locations=classpath:library-data.sql")
					.says("'library-data.sql' did not run"),
				jdbc("Flyway without Spring Boot's module").withoutClass(FlywayAutoConfiguration.class)
					.says("The migrations of Flyway did not run", "spring-boot-starter-flyway"),
				jdbc("entities").configurations(HibernateJpaAutoConfiguration.class)
					.says("Nothing creates the tables of the entities"),
				new Case("Redis of another library in a slice").beans(UnknownRedis.class)
					.configurations(DestinationAutoConfiguration.class)
					.says("The RedisConnectionFactory 'unknownRedis' does not tell where it leads"),
				jdbc("unknown").beans(Unknown.class).says("The DataSource 'unknown' does not tell where it leads"));
	}

	@Test
	void socketIsNoPortOfThisMachine() {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisSocketConfiguration("/run/redis.sock"));
		assertThat(RedisUrls.of(factory, new MockEnvironment(), true)).singleElement()
			.satisfies((url) -> assertThat(Address.parse(url).kind()).isEqualTo(ServerKind.REDIS))
			.satisfies((url) -> assertThat(Address.parse(url).hosts()).doesNotContain("localhost:6379"));
	}

	private static void write(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			connection.createStatement().execute("CREATE TABLE IF NOT EXISTS written (id int)");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void write(ConnectionFactory factory) {
		Mono.usingWhen(factory.create(),
				(connection) -> Mono
					.from(connection.createStatement("CREATE TABLE IF NOT EXISTS written (id int)").execute())
					.flatMap((result) -> Mono.from(result.getRowsUpdated())),
				io.r2dbc.spi.Connection::close)
			.block();
	}

	private static void write(RedisConnectionFactory factory) {
		try (RedisConnection connection = factory.getConnection()) {
			connection.stringCommands().set("written".getBytes(), "yes".getBytes());
		}
	}

	private static Case jdbc(String name) {
		return new Case("JDBC: " + name)
			.configurations(MemoryAutoConfiguration.class, DestinationAutoConfiguration.class,
					IsolationAutoConfiguration.class, PostgresIsolationAutoConfiguration.class,
					PostgresServerAutoConfiguration.class, DataSourceAutoConfiguration.class)
			.with("spring.datasource.url=jdbc:postgresql://${guard.postgres}", "spring.datasource.username=me",
					"spring.datasource.password=mine");
	}

	private static Case r2dbc(String name) {
		return new Case("R2DBC: " + name)
			.configurations(DestinationAutoConfiguration.class, PostgresIsolationAutoConfiguration.class,
					PostgresServerAutoConfiguration.class, R2dbcAutoConfiguration.class,
					DataSourceAutoConfiguration.class)
			.with("spring.r2dbc.url=r2dbc:postgresql://${guard.postgres}", "spring.r2dbc.username=me",
					"spring.r2dbc.password=mine");
	}

	private static Case redis(String name) {
		return new Case("Redis: " + name)
			.configurations(DestinationAutoConfiguration.class, RedisAutoConfiguration.class,
					DataRedisAutoConfiguration.class)
			.with("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=${guard.redis}");
	}

	private static Stream<Arguments> cases(Case... cases) {
		return Arrays.stream(cases).map((each) -> Arguments.of(Named.of(each.name, each)));
	}

	private static String url() {
		return "jdbc:postgresql://" + developer.postgres();
	}

	private static HikariDataSource pool(String url, String username, String password) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername(username);
		pool.setPassword(password);
		return pool;
	}

	/**
	 * One configuration of an application.
	 */
	private static final class Case {

		private final String name;

		private UnaryOperator<ApplicationContextRunner> setUp = UnaryOperator.identity();

		private final Map<String, String> properties = new HashMap<>();

		private String[] messages = {};

		Case(String name) {
			this.name = name;
			with("pristine.launch=embedded");
		}

		Case configurations(Class<?>... configurations) {
			return and((runner) -> runner.withConfiguration(AutoConfigurations.of(configurations)));
		}

		Case beans(Class<?>... configurations) {
			return and((runner) -> runner.withUserConfiguration(configurations));
		}

		Case with(String... pairs) {
			for (String pair : pairs) {
				this.properties.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
			}
			return this;
		}

		Case withoutClass(Class<?> type) {
			return and((runner) -> runner.withClassLoader(new FilteredClassLoader(type)));
		}

		Case says(String... messages) {
			this.messages = messages;
			return this;
		}

		String[] messages() {
			return this.messages;
		}

		void run(Consumer<AssertableApplicationContext> check) {
			this.setUp.apply(new ApplicationContextRunner()
				.withSystemProperties("guard.postgres=" + developer.postgres(), "guard.redis=" + developer.redisPort(),
						"guard.username=" + developer.username(), "guard.password=" + developer.password())
				.withPropertyValues(this.properties.entrySet()
					.stream()
					.map((property) -> property.getKey() + "=" + property.getValue())
					.toArray(String[]::new)))
				.run(check::accept);
		}

		private Case and(UnaryOperator<ApplicationContextRunner> next) {
			UnaryOperator<ApplicationContextRunner> before = this.setUp;
			this.setUp = (runner) -> next.apply(before.apply(runner));
			return this;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HardCoded {

		@Bean
		DataSource hardCoded() {
			return pool(url(), developer.username(), developer.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondOfTwo {

		@Bean
		@Primary
		DataSource first(@Value("${spring.datasource.url}") String url,
				@Value("${spring.datasource.username}") String username,
				@Value("${spring.datasource.password}") String password) {
			return pool(url, username, password);
		}

		@Bean
		DataSource second() {
			return pool(url(), developer.username(), developer.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties
	static class SecondFromProperties {

		@Bean
		@ConfigurationProperties("app.second")
		HikariDataSource second() {
			return new HikariDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfDriver {

		@Bean
		DataSource ofDriver() {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setURL(url());
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfSpring {

		@Bean
		DataSource ofSpring() {
			return new DriverManagerDataSource(url(), developer.username(), developer.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PoolAround {

		@Bean
		DataSource poolAround() {
			HikariDataSource pool = new HikariDataSource();
			pool.setDataSource(new OfDriver().ofDriver());
			return pool;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routing {

		@Bean
		DataSource routing() {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return "one";
				}

			};
			routing.setTargetDataSources(Map.of("one", new OfSpring().ofSpring()));
			return routing;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyProxy {

		@Bean
		DataSource lazyProxy() {
			LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy();
			proxy.setTargetDataSource(new HardCoded().hardCoded());
			return proxy;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyReader {

		@Bean
		DataSource lazyReader(JdbcConnectionDetails details) {
			LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy();
			proxy.setTargetDataSource(
					new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()));
			proxy.setReadOnlyDataSource(new HardCoded().hardCoded());
			return proxy;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnDemand {

		@Bean
		DataSource onDemand(JdbcConnectionDetails details) {
			return new AbstractRoutingDataSource() {

				@Override
				public void afterPropertiesSet() {
				}

				@Override
				protected Object determineCurrentLookupKey() {
					return "one";
				}

				@Override
				protected DataSource determineTargetDataSource() {
					return new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(),
							details.getPassword());
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappedDriver {

		@Bean
		DataSource wrappedDriver() {
			return pool(url().replace("jdbc:", "jdbc:otel:"), developer.username(), developer.password());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherHost {

		@Bean
		DataSource otherHost(@Value("${spring.datasource.url}") String url) {
			return pool(url.replace("127.0.0.1", "192.0.2.1"), "me", "mine");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralHosts {

		@Bean
		DataSource severalHosts(@Value("${spring.datasource.url}") String url) {
			return pool(url.replace("127.0.0.1", developer.postgres().replaceAll("/.*", "") + ",127.0.0.1"), "me",
					"mine");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class IgnoredUrl {

		@Bean
		DataSource ignoredUrl(@Value("${spring.datasource.url}") String url) {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setUrl(url());
			HikariDataSource pool = pool(url, developer.username(), developer.password());
			pool.setDataSource(dataSource);
			return pool;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UrlIgnoredForClass {

		@Bean
		DataSource urlIgnoredForClass(@Value("${spring.datasource.url}") String url) {
			HikariDataSource pool = pool(url, developer.username(), developer.password());
			pool.setDataSourceClassName(PGSimpleDataSource.class.getName());
			pool.addDataSourceProperty("url", url());
			return pool;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEntityManagerFactory {

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory() {
			return factory(
					Map.of("hibernate.connection.url", url(), "hibernate.connection.username", developer.username(),
							"hibernate.connection.password", developer.password(), "hibernate.hbm2ddl.auto", "create"));
		}

		static LocalContainerEntityManagerFactoryBean factory(Map<String, String> properties) {
			LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
			factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
			factory.setPackagesToScan("dev.pristine.jpa");
			factory.setJpaPropertyMap(properties);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EntityManagerFactoryFromProperties {

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory(Environment environment) {
			String prefix = "spring.jpa.properties.hibernate.connection.";
			Map<String, String> properties = new HashMap<>();
			properties.put("hibernate.hbm2ddl.auto", "create");
			for (String name : List.of("url", "username", "password")) {
				properties.put("hibernate.connection." + name, environment.getRequiredProperty(prefix + name));
			}
			return OwnEntityManagerFactory.factory(properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(DataSourceProperties.class)
	static class FromDataSourceProperties {

		@Bean
		HikariDataSource dataSource(DataSourceProperties properties) {
			return properties.initializeDataSourceBuilder().type(HikariDataSource.class).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FromValues {

		@Bean
		DataSource dataSource(@Value("${spring.datasource.url}") String url,
				@Value("${spring.datasource.username}") String username,
				@Value("${spring.datasource.password}") String password) {
			return new DriverManagerDataSource(url, username, password);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(DataSourceProperties.class)
	static class Several {

		@Bean
		@Primary
		HikariDataSource orders(DataSourceProperties properties) {
			return new FromDataSourceProperties().dataSource(properties);
		}

		@Bean
		HikariDataSource invoices(DataSourceProperties properties) {
			return new FromDataSourceProperties().dataSource(properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredDetails {

		@Bean
		JdbcConnectionDetails details() {
			return new JdbcConnectionDetails() {

				@Override
				public String getUsername() {
					return developer.username();
				}

				@Override
				public String getPassword() {
					return developer.password();
				}

				@Override
				public String getJdbcUrl() {
					return url();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredR2dbcDetails {

		@Bean
		R2dbcConnectionDetails details() {
			return () -> ConnectionFactoryOptions.parse("r2dbc:postgresql://me@" + developer.postgres());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConnectionFactory {

		@Bean
		ConnectionFactory own() {
			return ConnectionFactories.get("r2dbc:postgresql://" + developer.username() + ":" + developer.password()
					+ "@" + developer.postgres());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectionFactoryOfDriver {

		@Bean
		ConnectionFactory ofDriver() {
			String[] address = developer.postgres().split("[:/]");
			return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
				.host(address[0])
				.port(Integer.parseInt(address[1]))
				.database(address[2])
				.username(developer.username())
				.password(developer.password())
				.build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectionFactoryFromValues {

		@Bean
		ConnectionFactory fromValues(@Value("${spring.r2dbc.url}") String url,
				@Value("${spring.r2dbc.username}") String username,
				@Value("${spring.r2dbc.password}") String password) {
			return ConnectionFactories.get(url.replace("://", "://" + username + ":" + password + "@"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnLettuce {

		@Bean
		LettuceConnectionFactory own() {
			return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", developer.redisPort()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnJedis {

		@Bean
		JedisConnectionFactory own() {
			return new JedisConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", developer.redisPort()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCluster {

		@Bean
		LettuceConnectionFactory own() {
			return new LettuceConnectionFactory(
					new RedisClusterConfiguration(List.of("127.0.0.1:" + developer.redisPort())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LettuceFromValues {

		@Bean
		LettuceConnectionFactory own(@Value("${spring.data.redis.host}") String host,
				@Value("${spring.data.redis.port}") int port, @Value("${spring.data.redis.database}") int database,
				@Value("${spring.data.redis.password}") String password) {
			RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(host, port);
			configuration.setDatabase(database);
			configuration.setPassword(password);
			return new LettuceConnectionFactory(configuration);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MySql {

		@Bean
		DataSource mySql() {
			return new PGSimpleDataSource() {

				@Override
				public String getUrl() {
					return "jdbc:mysql://root:secret@db.example.com:3306/orders?password=secret";
				}

				@Override
				public Connection getConnection() throws SQLException {
					throw new SQLException("not there");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unknown {

		@Bean
		DataSource unknown() {
			return Mockito.mock(DataSource.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnknownRedis {

		@Bean
		RedisConnectionFactory unknownRedis() {
			return Mockito.mock(RedisConnectionFactory.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherService {

		@Bean
		SearchConnectionDetails search() {
			return new SearchConnectionDetails() {
			};
		}

	}

	interface SearchConnectionDetails extends ConnectionDetails {

	}

}
