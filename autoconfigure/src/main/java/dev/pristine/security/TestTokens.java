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

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

import dev.pristine.resource.ResourceException;

/**
 * Issues signed JWTs that the application accepts as its own. <pre class="code">
 * mvc.perform(get("/servers").with(tokens.subject("ann").roles("admin").bearer()));
 * </pre>
 *
 * @since 0.1.0
 */
public final class TestTokens {

	private static final String BASE64 = "base64:";

	private final TestTokenProperties properties;

	private final JwtEncoder encoder;

	TestTokens(TestTokenProperties properties) {
		this.properties = properties;
		this.encoder = encoder(properties.secret());
	}

	/**
	 * Start a token. It is valid for an hour and carries the claims of
	 * {@code pristine.tokens.claims}.
	 * @param subject who the token is for
	 * @return the token, to be completed
	 */
	public TestToken subject(String subject) {
		Instant now = Instant.now();
		JwtClaimsSet.Builder claims = JwtClaimsSet.builder().issuedAt(now).expiresAt(now.plus(1, ChronoUnit.HOURS));
		this.properties.claims().forEach(claims::claim);
		return new TestToken(this.encoder, this.properties.rolesClaim(), claims.subject(subject).build());
	}

	private static JwtEncoder encoder(String secret) {
		try {
			byte[] bytes = secret.startsWith(BASE64) ? Base64.getDecoder().decode(secret.substring(BASE64.length()))
					: secret.getBytes(StandardCharsets.UTF_8);
			SecretKey key = new SecretKeySpec(bytes, "HmacSHA256");
			return NimbusJwtEncoder.withSecretKey(key).algorithm(MacAlgorithm.HS256).build();
		}
		catch (IllegalArgumentException ex) {
			throw new ResourceException("The secret in pristine.tokens.secret cannot sign tokens: " + ex.getMessage(),
					"Set it to the secret that the application verifies tokens with: at least 32 bytes for HS256, "
							+ "with the prefix 'base64:' if it is encoded.",
					ex);
		}
	}

}
