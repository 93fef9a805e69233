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

package com.example.gateway;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/servers")
class ServerController {

	private final Sessions sessions;

	private final AccessPolicy policy;

	private final ServerRegistry registry;

	ServerController(Sessions sessions, AccessPolicy policy, ServerRegistry registry) {
		this.sessions = sessions;
		this.policy = policy;
		this.registry = registry;
	}

	@PostMapping
	ResponseEntity<Server> register(@AuthenticationPrincipal Jwt jwt, @Valid @RequestBody Registration registration) {
		Session session = this.sessions.of(jwt.getSubject());
		Server server = registration.by(session);
		this.policy.check(session, "register", server);
		if (this.registry.register(server)) {
			return ResponseEntity.created(URI.create("/servers/" + server.name())).body(server);
		}
		return this.registry.find(server.name())
			.filter(server::equals)
			.map(ResponseEntity::ok)
			.orElseGet(() -> ResponseEntity.status(HttpStatus.CONFLICT).build());
	}

	@GetMapping
	List<Server> all(@AuthenticationPrincipal Jwt jwt) {
		Session session = this.sessions.of(jwt.getSubject());
		return this.registry.all()
			.stream()
			.filter((server) -> this.policy.isAllowed(session, "read", server.sensitivity()))
			.toList();
	}

	@GetMapping("/{name}")
	ResponseEntity<Server> one(@AuthenticationPrincipal Jwt jwt, @PathVariable String name) {
		Optional<Server> server = this.registry.find(name);
		server.ifPresent((found) -> this.policy.check(this.sessions.of(jwt.getSubject()), "read", found));
		return ResponseEntity.of(server);
	}

	@DeleteMapping("/{name}")
	ResponseEntity<Void> remove(@AuthenticationPrincipal Jwt jwt, @PathVariable String name) {
		Session session = this.sessions.of(jwt.getSubject());
		this.registry.find(name).ifPresent((server) -> {
			this.policy.check(session, "remove", server);
			this.registry.remove(name, session.user());
		});
		return ResponseEntity.noContent().build();
	}

	@ExceptionHandler
	ProblemDetail invalid(MethodArgumentNotValidException ex) {
		ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.UNPROCESSABLE_CONTENT);
		Map<String, String> errors = new TreeMap<>();
		ex.getFieldErrors().forEach((error) -> errors.put(error.getField(), error.getDefaultMessage()));
		problem.setProperty("errors", errors);
		return problem;
	}

	@ExceptionHandler
	ProblemDetail overQuota(QuotaExceededException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

}
