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

package dev.pristine.resource;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResourceFailureAnalyzer}.
 */
class ResourceFailureAnalyzerTests {

	@Test
	void keepsProblemAndActionApart() {
		ResourceException cause = new ResourceException("The server is gone.", "Start it.");
		FailureAnalysis analysis = new ResourceFailureAnalyzer()
			.analyze(new IllegalStateException("Failed to load", cause));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("The server is gone.");
		assertThat(analysis.getAction()).isEqualTo("Start it.");
		assertThat(cause).hasMessageContaining("The server is gone.").hasMessageContaining("Action: Start it.");
	}

	@Test
	void comesBeforeThoseOfSpringBoot() {
		ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
			.and(Environment.class, new MockEnvironment());
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, arguments, FailureHandler.logging(LogFactory.getLog(getClass())))).first()
			.isInstanceOf(ResourceFailureAnalyzer.class);
	}

}
