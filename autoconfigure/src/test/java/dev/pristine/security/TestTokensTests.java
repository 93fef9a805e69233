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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

import javax.crypto.spec.SecretKeySpec;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

import dev.pristine.resource.ResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link TestTokens} and {@link TestTokensAutoConfiguration}.
 */
class TestTokensTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static final JwtDecoder decoder = NimbusJwtDecoder
		.withSecretKey(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
		.build();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TestTokensAutoConfiguration.class))
		.withPropertyValues("app.jwt.secret=" + SECRET, "pristine.tokens.secret=${app.jwt.secret}");

	@Test
	void applicationAcceptsToken() {
		this.runner.run((context) -> {
			Jwt jwt = decoder.decode(context.getBean(TestTokens.class).subject("ann").value());
			assertThat(jwt.getSubject()).isEqualTo("ann");
			assertThat(jwt.getHeaders()).containsEntry("alg", "HS256").containsEntry("typ", "JWT");
			assertThat(jwt.getClaims()).containsOnlyKeys("sub", "iat", "exp");
			assertThat(jwt.getExpiresAt()).isCloseTo(Instant.now().plus(Duration.ofHours(1)),
					within(30, ChronoUnit.SECONDS));
		});
	}

	@Test
	void carriesRolesClaimsAndExpiry() {
		this.runner.run((context) -> {
			Jwt jwt = decoder.decode(context.getBean(TestTokens.class)
				.subject("ann")
				.roles("admin", "auditor")
				.claim("tenant", 7)
				.expiresIn(Duration.ofMinutes(5))
				.value());
			assertThat(jwt.getClaimAsStringList("roles")).containsExactly("admin", "auditor");
			assertThat(jwt.<Long>getClaim("tenant")).isEqualTo(7L);
			assertThat(jwt.getExpiresAt()).isCloseTo(Instant.now().plus(Duration.ofMinutes(5)),
					within(30, ChronoUnit.SECONDS));
		});
	}

	@Test
	void applicationRefusesExpiredToken() {
		this.runner.run((context) -> {
			String token = context.getBean(TestTokens.class).subject("ann").expired().value();
			assertThatExceptionOfType(JwtValidationException.class).isThrownBy(() -> decoder.decode(token))
				.withMessageContaining("expired");
		});
	}

	@Test
	void applicationRefusesTokenSignedWithAnotherSecret() {
		this.runner.withPropertyValues("pristine.tokens.secret=another".repeat(8)).run((context) -> {
			String token = context.getBean(TestTokens.class).subject("ann").value();
			assertThatExceptionOfType(JwtException.class).isThrownBy(() -> decoder.decode(token))
				.withMessageContaining("Invalid signature");
		});
	}

	@Test
	void variationsOfTokenDoNotMeet() {
		this.runner.run((context) -> {
			TestToken ann = context.getBean(TestTokens.class).subject("ann");
			ann.roles("admin").expired();
			assertThat(decoder.decode(ann.value()).getClaims()).doesNotContainKey("roles");
		});
	}

	@Test
	void everyTokenCarriesConfiguredClaims() {
		this.runner
			.withPropertyValues("pristine.tokens.claims.iss=https://issuer.example",
					"pristine.tokens.claims.aud=gateway", "pristine.tokens.roles-claim=groups")
			.run((context) -> {
				Jwt jwt = decoder.decode(context.getBean(TestTokens.class).subject("ann").roles("admin").value());
				assertThat(jwt.getIssuer()).hasToString("https://issuer.example");
				assertThat(jwt.getAudience()).containsExactly("gateway");
				assertThat(jwt.getClaimAsStringList("groups")).containsExactly("admin");
			});
	}

	@Test
	void secretMayBeEncoded() {
		String encoded = Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));
		this.runner.withPropertyValues("pristine.tokens.secret=base64:" + encoded)
			.run((context) -> assertThat(
					decoder.decode(context.getBean(TestTokens.class).subject("ann").value()).getSubject())
				.isEqualTo("ann"));
	}

	@Test
	void shortSecretIsReportedWithRemedy() {
		this.runner.withPropertyValues("pristine.tokens.secret=short")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((root) -> assertThat(context.getStartupFailure())
					.extracting((failure) -> failure.getCause().getCause(),
							InstanceOfAssertFactories.throwable(ResourceException.class))
					.hasMessageContaining("pristine.tokens.secret")
					.hasMessageContaining("32 bytes")));
	}

	@Test
	void bearerFitsMockMvcAndClients() {
		this.runner.run((context) -> {
			BearerToken token = context.getBean(TestTokens.class).subject("ann").bearer();
			MockHttpServletRequest request = new MockHttpServletRequest();
			request.addHeader(HttpHeaders.AUTHORIZATION, "Bearer other");
			token.postProcessRequest(request);
			HttpHeaders headers = new HttpHeaders();
			token.accept(headers);
			assertThat(token.toString()).startsWith("Bearer ey");
			assertThat(request.getHeader(HttpHeaders.AUTHORIZATION)).isEqualTo(token.toString());
			assertThat(headers.get(HttpHeaders.AUTHORIZATION)).containsExactly(token.toString());
		});
	}

	@Test
	void contributesNothingButItself() {
		this.runner
			.run((context) -> assertThat(context).doesNotHaveBean(JwtEncoder.class).doesNotHaveBean(JwtDecoder.class));
	}

	@Test
	void backsOffWithoutSecretOrJose() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TestTokensAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(TestTokens.class));
		this.runner.withClassLoader(new FilteredClassLoader(NimbusJwtEncoder.class))
			.run((context) -> assertThat(context).doesNotHaveBean(TestTokens.class));
	}

}
