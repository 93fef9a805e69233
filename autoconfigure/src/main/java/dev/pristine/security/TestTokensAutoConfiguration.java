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

package dev.pristine.security;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link TestTokens}.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnClass(NimbusJwtEncoder.class)
@ConditionalOnProperty("pristine.tokens.secret")
@EnableConfigurationProperties(TestTokenProperties.class)
public final class TestTokensAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TestTokens testTokens(TestTokenProperties properties) {
		return new TestTokens(properties);
	}

}
