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

package com.example.benchmark;

import java.time.Duration;
import java.util.Objects;

import com.example.benchmark.worker.ServerAddress;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/**
 * The application under test.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WorkController.class)
public class BenchmarkApplication {

	private static volatile Duration started = Duration.ZERO;

	private static volatile ServerAddress server = new ServerAddress("", "", "");

	BenchmarkApplication(ObjectProvider<JdbcConnectionDetails> connectionDetails) {
		connectionDetails.ifAvailable((details) -> server = new ServerAddress(details.getJdbcUrl(),
				Objects.requireNonNullElse(details.getUsername(), ""),
				Objects.requireNonNullElse(details.getPassword(), "")));
	}

	@EventListener
	void started(ApplicationReadyEvent event) {
		started = event.getTimeTaken();
	}

	/**
	 * Return how long the application took to start the last time.
	 */
	public static Duration started() {
		return started;
	}

	/**
	 * Return the server that the application last started with.
	 */
	public static ServerAddress server() {
		return server;
	}

}
