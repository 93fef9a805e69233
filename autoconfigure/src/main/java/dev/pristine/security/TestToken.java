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

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;

/**
 * A token in the making. Every method returns a new one, so that it can be kept and
 * varied.
 *
 * @since 0.1.0
 */
public final class TestToken {

	private final JwtEncoder encoder;

	private final String rolesClaim;

	private final JwtClaimsSet claims;

	TestToken(JwtEncoder encoder, String rolesClaim, JwtClaimsSet claims) {
		this.encoder = encoder;
		this.rolesClaim = rolesClaim;
		this.claims = claims;
	}

	/**
	 * Give the subject these roles, in the claim that {@code pristine.tokens.roles-claim}
	 * names.
	 * @param roles the roles
	 * @return the token with the roles
	 */
	public TestToken roles(String... roles) {
		return claim(this.rolesClaim, List.of(roles));
	}

	/**
	 * Set a claim.
	 * @param name the name of the claim
	 * @param value the value of the claim
	 * @return the token with the claim
	 */
	public TestToken claim(String name, Object value) {
		return with((claims) -> claims.claim(name, value));
	}

	/**
	 * Have the token expire some time from now.
	 * @param validity how long it is valid
	 * @return the token with the validity
	 */
	public TestToken expiresIn(Duration validity) {
		return with((claims) -> claims.expiresAt(Instant.now().plus(validity)));
	}

	/**
	 * Have the token be one that expired an hour ago: longer than any clock skew that
	 * applications allow for.
	 * @return the token, expired
	 */
	public TestToken expired() {
		Instant end = Instant.now().minus(1, ChronoUnit.HOURS);
		return with((claims) -> claims.issuedAt(end.minus(1, ChronoUnit.HOURS)).expiresAt(end));
	}

	private TestToken with(Consumer<JwtClaimsSet.Builder> change) {
		JwtClaimsSet.Builder claims = JwtClaimsSet.from(this.claims);
		change.accept(claims);
		return new TestToken(this.encoder, this.rolesClaim, claims.build());
	}

	/**
	 * Issue the token.
	 * @return the signed token in its compact form
	 */
	public String value() {
		JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).type("JWT").build();
		return this.encoder.encode(JwtEncoderParameters.from(header, this.claims)).getTokenValue();
	}

	/**
	 * Issue the token for the {@code Authorization} header of a request.
	 * @return the signed token
	 */
	public BearerToken bearer() {
		return new BearerToken(value());
	}

}
