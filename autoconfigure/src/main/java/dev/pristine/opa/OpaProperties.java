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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

import dev.pristine.launch.Launch;

/**
 * Properties of Open Policy Agent.
 *
 * @param enabled Whether there is an OPA; by default if the application has policies.
 * @param launch How Pristine gets the server. By default as 'pristine.launch' says.
 * @param policies Directories with policies (.rego) and data (.json, .yaml), which OPA
 * gets before the application starts.
 * @param image Image of the container.
 * @param executable Program to run where there are no containers; by default the first
 * 'opa' on the PATH, else the one in the user's cache.
 * @param arguments Further arguments for 'opa run', such as '--v0-compatible'.
 * @param startupTimeout How long OPA may take to answer after its start.
 * @param port Port of the loopback interface for the OPA that is started; 0 for a free
 * one.
 * @param url Base URL of an OPA that is running already.
 * @param token Bearer token for the OPA at the URL.
 * @param disposable Whether all policies and data of the OPA at the URL may be replaced.
 * @param exportTo Properties of the application that get the base URL.
 */
@ConfigurationProperties("pristine.opa")
record OpaProperties(@Nullable Boolean enabled, @Nullable Launch launch, @DefaultValue(POLICIES) List<String> policies,
		@DefaultValue(IMAGE) String image, @Nullable Path executable, @DefaultValue List<String> arguments,
		@DefaultValue("10s") Duration startupTimeout, @DefaultValue("0") int port, @Nullable URI url,
		@Nullable String token, @DefaultValue("false") boolean disposable, @DefaultValue List<String> exportTo) {

	static final String VERSION = "1.15.0";

	static final String IMAGE = "openpolicyagent/opa:" + VERSION + "-static";

	static final String POLICIES = "classpath*:opa/";

	static OpaProperties from(Environment environment) {
		return Binder.get(environment).bindOrCreate("pristine.opa", OpaProperties.class);
	}

}
