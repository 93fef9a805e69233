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

package dev.pristine.destination;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.Wrapped;
import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;

/**
 * Where a {@link ConnectionFactory} of R2DBC leads.
 */
final class ConnectionFactoryUrls {

	// Without options, a driver's description is all there is. One that says nothing is
	// taken for a server of nobody
	private static final Pattern DESCRIPTION = Pattern
		.compile("(?s)(?:.*?database='(?<database>[^']*)')?.*?host='(?<host>[^']*)'.*?port='?(?<port>\\d+).*");

	private ConnectionFactoryUrls() {
	}

	static List<String> of(ConnectionFactory factory) {
		OptionsCapableConnectionFactory capable = OptionsCapableConnectionFactory.unwrapFrom(factory);
		if (capable != null) {
			return List.of(of(capable.getOptions()));
		}
		if (factory instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof ConnectionFactory inner
				&& inner != factory) {
			return of(inner);
		}
		if (factory.getMetadata() == null) {
			return List.of();
		}
		Matcher matcher = DESCRIPTION.matcher(factory.toString());
		return List.of("r2dbc:" + factory.getMetadata().getName().toLowerCase(java.util.Locale.ROOT) + "://"
				+ (matcher.matches() ? matcher.group("host") + ":" + matcher.group("port") + "/"
						+ Objects.requireNonNullElse(matcher.group("database"), "") : "?"));
	}

	static String of(ConnectionFactoryOptions options) {
		StringBuilder url = new StringBuilder("r2dbc");
		for (Option<String> option : List.of(ConnectionFactoryOptions.DRIVER, ConnectionFactoryOptions.PROTOCOL)) {
			url.append(options.hasOption(option) ? ":" + options.getRequiredValue(option) : "");
		}
		url.append("://").append(options.getValue(ConnectionFactoryOptions.HOST));
		Object port = options.getValue(ConnectionFactoryOptions.PORT);
		url.append((port != null) ? ":" + port : "").append('/');
		Object schema = options.getValue(Option.valueOf("schema"));
		return url.append(Objects.requireNonNullElse(options.getValue(ConnectionFactoryOptions.DATABASE), ""))
			.append((schema != null) ? "?schema=" + schema : "")
			.toString();
	}

}
