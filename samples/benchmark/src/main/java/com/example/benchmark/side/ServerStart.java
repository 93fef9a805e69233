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

package com.example.benchmark.side;

import com.example.benchmark.work.Workload;
import com.example.benchmark.worker.TimedTests;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import dev.pristine.opa.OpaAutoConfiguration;
import dev.pristine.opa.OpaConnectionDetails;
import dev.pristine.postgres.PostgresServerAutoConfiguration;
import dev.pristine.redis.RedisAutoConfiguration;

/**
 * Has an application context with nothing but the three servers, and waits until each can
 * be used. The first test of a JVM has one without the servers: Spring's own start is no
 * part of theirs.
 */
class ServerStart extends TimedTests {

	private static boolean springHasStarted;

	@Override
	protected void body(Workload workload) {
		if (!springHasStarted) {
			springHasStarted = true;
			start(Nothing.class);
			return;
		}
		ApplicationContext context = start(Servers.class);
		context.getBean(OpaConnectionDetails.class).getUrl();
		context.getBean(DataRedisConnectionDetails.class).getStandalone();
		context.getBean(JdbcConnectionDetails.class).getJdbcUrl();
	}

	// The end of the JVM closes it: that is no part of the start
	private static ApplicationContext start(Class<?> configuration) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.properties("pristine.opa.policies=" + RedisOpaTests.POLICIES)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PostgresServerAutoConfiguration.class, RedisAutoConfiguration.class,
			OpaAutoConfiguration.class })
	static class Servers {

	}

}
