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

package dev.pristine.postgres.server;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;

import dev.pristine.launch.ExportedAddress;

/**
 * {@link R2dbcConnectionDetails} that lead where the {@link JdbcConnectionDetails} lead.
 *
 * @param details where those lead
 */
public record PostgresR2dbcConnectionDetails(JdbcConnectionDetails details) implements R2dbcConnectionDetails {

	private static final Option<String> SCHEMA = Option.valueOf("schema");

	public static ExportedAddress<R2dbcConnectionDetails> export() {
		return new ExportedAddress<>("pristine.postgres.r2dbc", R2dbcConnectionDetails.class,
				PostgresR2dbcConnectionDetails::url)
			.to("spring.r2dbc.url", PostgresR2dbcConnectionDetails::url)
			.to("spring.r2dbc.username", (details) -> value(details, ConnectionFactoryOptions.USER))
			.to("spring.r2dbc.password", (details) -> value(details, ConnectionFactoryOptions.PASSWORD));
	}

	private static String url(R2dbcConnectionDetails details) {
		Object port = value(details, ConnectionFactoryOptions.PORT);
		Object schema = value(details, SCHEMA);
		return "r2dbc:postgresql://" + value(details, ConnectionFactoryOptions.HOST)
				+ ((port != null) ? ":" + port : "") + "/" + value(details, ConnectionFactoryOptions.DATABASE)
				+ ((schema != null) ? "?schema=" + schema : "");
	}

	private static @Nullable Object value(R2dbcConnectionDetails details, Option<?> option) {
		return details.getConnectionFactoryOptions().getValue(option);
	}

	public static ConnectionFactoryOptions options(PostgresUrl url) {
		String authority = url.authority().isEmpty() ? "localhost" : url.authority();
		return ConnectionFactoryOptions.parse("r2dbc:postgresql://" + authority + "/" + url.database());
	}

	@Override
	public ConnectionFactoryOptions getConnectionFactoryOptions() {
		PostgresUrl url = PostgresUrl.parse(this.details.getJdbcUrl());
		ConnectionFactoryOptions.Builder options = options(url).mutate();
		PropertyMapper map = PropertyMapper.get();
		map.from(() -> url.parameter("currentSchema")).to((schema) -> options.option(SCHEMA, schema));
		map.from(this.details::getUsername).to((user) -> options.option(ConnectionFactoryOptions.USER, user));
		map.from(this.details::getPassword)
			.to((password) -> options.option(ConnectionFactoryOptions.PASSWORD, password));
		return options.build();
	}

}
