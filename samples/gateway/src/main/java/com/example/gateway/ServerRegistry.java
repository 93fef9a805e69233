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

import java.util.List;
import java.util.Optional;

import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
class ServerRegistry {

	private final JdbcClient jdbc;

	private final AuditTrail audit;

	private final ApplicationEventPublisher events;

	ServerRegistry(JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.audit = audit;
		this.events = events;
	}

	/**
	 * Register a server, unless one of that name is registered already.
	 * @return whether the server is new
	 */
	@Transactional
	@CacheEvict(cacheNames = "servers", key = "#server.name()")
	boolean register(Server server) {
		int inserted = this.jdbc.sql("""
				insert into server (name, transport, endpoint, sensitivity, owner)
				values (?, ?, ?, ?, ?) on conflict (name) do nothing
				""")
			.params(server.name(), server.transport().name(), server.endpoint(), server.sensitivity().name(),
					server.owner())
			.update();
		if (inserted == 0) {
			return false;
		}
		this.audit.add(server.owner(), "register", server.name(), "DONE");
		this.events.publishEvent(new ServerRegistered(server));
		if (exceedsQuota(server.owner())) {
			this.audit.addForGood(server.owner(), "register", server.name(), "OVER QUOTA");
			throw new QuotaExceededException(server.owner());
		}
		return true;
	}

	@Cacheable("servers")
	Optional<Server> find(String name) {
		return this.jdbc.sql("select * from server where name = ?").param(name).query(Server.class).optional();
	}

	List<Server> all() {
		return this.jdbc.sql("select * from server order by name").query(Server.class).list();
	}

	@Transactional
	@CacheEvict(cacheNames = "servers", key = "#name")
	void remove(String name, String actor) {
		this.jdbc.sql("delete from server where name = ?").param(name).update();
		this.audit.add(actor, "remove", name, "DONE");
	}

	private boolean exceedsQuota(String owner) {
		return this.jdbc.sql("""
				select count(server) > quota
				from app_user left join server on server.owner = app_user.name
				where app_user.name = ?
				group by app_user.name
				""").param(owner).query(Boolean.class).single();
	}

}
