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

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of test tokens.
 *
 * @param secret Secret that the application verifies tokens with (HS256), at least 32
 * bytes long. Refer to the application's own property. With the prefix 'base64:' the rest
 * is decoded first.
 * @param rolesClaim Claim that holds the roles.
 * @param claims Texts for claims of every token, such as the issuer (iss) and audience
 * (aud) that the application expects.
 */
@ConfigurationProperties("pristine.tokens")
record TestTokenProperties(String secret, @DefaultValue("roles") String rolesClaim,
		@DefaultValue Map<String, String> claims) {

}
