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

package dev.pristine.postgres;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.pristine.postgres.sandbox.OverlapPolicy;

/**
 * Properties of tests in TRANSACTION mode.
 *
 * @param overlap What happens if the work of two connections overlaps in a test in
 * TRANSACTION mode, where the result may differ from production.
 */
@ConfigurationProperties("pristine.isolation")
record SandboxProperties(@DefaultValue("warn") OverlapPolicy overlap) {

}
