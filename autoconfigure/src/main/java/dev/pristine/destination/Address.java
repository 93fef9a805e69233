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

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.pristine.launch.HostName;

/**
 * Where a URL of JDBC, R2DBC or Redis leads.
 *
 * @param kind the kind of server, or {@code null} if tests get none of it
 * @param name what the URL calls the server, such as {@code mysql}
 * @param hosts hosts with their ports; none if it starts a container, or a part of this
 * JVM
 * @param database the database
 */
record Address(@Nullable ServerKind kind, String name, List<String> hosts, String database) {

	private static final Set<String> EMBEDDABLE = Set.of("h2", "hsqldb", "derby", "sqlite");

	// Without slashes, it may be the name of an image or a key
	private static final Pattern URL = Pattern
		.compile("(?:jdbc|r2dbcs?):(?:.*:)?postgres(?:ql)?:.*|(?:postgres(?:ql)?|rediss?)://.*");

	private static final Pattern OPA_PATH = Pattern.compile("/v1/(?:data|policies)\\b.*");

	private static final Pattern SERVER = Pattern
		.compile("(?s)(?<scheme>.*?)//(?<authority>[^/?;]*)(?:/(?<database>.*)|.*)");

	private static final Pattern PORT = Pattern.compile(".*[^:]:\\d+|\\[.*]:\\d+");

	// Where the user may create no databases, each application context has a schema
	private static final Pattern SCHEMA = Pattern.compile("[?&](?:currentSchema|schema)=(pristine_[^,&]*)");

	/**
	 * Return where a property of the application leads.
	 * @param name its name
	 * @param value its value
	 * @return the address, or {@code null} if it does not look like one
	 */
	static @Nullable Address ofProperty(String name, String value) {
		if (URL.matcher(value).matches()) {
			return parse(value);
		}
		if (value.startsWith("http://") || value.startsWith("https://")) {
			boolean called = Stream.of(name.split("[.-]")).anyMatch("opa"::equals);
			String rest = value.substring(value.indexOf("//") + 2);
			if (called || OPA_PATH.matcher(rest.substring(Math.max(rest.indexOf('/'), 0))).matches()) {
				return parse("opa://" + rest);
			}
		}
		return null;
	}

	static Address parse(String url) {
		String text = url.strip();
		Matcher server = SERVER.matcher(text);
		boolean slashes = server.matches();
		List<String> scheme = List
			.of((slashes ? server.group("scheme") : text).toLowerCase(Locale.ROOT).split("[:?;]"));
		String name = name(scheme);
		ServerKind kind = ServerKind.of(name);
		boolean started = scheme.contains("tc") || (!slashes && EMBEDDABLE.contains(name));
		List<String> hosts = started ? List.of()
				: hosts(slashes ? server.group("authority") : "", (kind != null) ? kind.port() : 0);
		String database = slashes ? server.group("database") : text.substring(text.lastIndexOf(':') + 1);
		return new Address(kind, name, hosts, ((database != null) ? database.split("[?;]", 2)[0] : "") + schema(text));
	}

	// The driver may be wrapped in another: jdbc:otel:postgresql://...
	private static String name(List<String> scheme) {
		return scheme.stream()
			.filter((part) -> ServerKind.of(part) != null || EMBEDDABLE.contains(part))
			.findFirst()
			.orElse((scheme.size() > 1) ? scheme.get(1) : scheme.get(0));
	}

	private static List<String> hosts(String authority, int port) {
		return Arrays.stream(authority.substring(authority.lastIndexOf('@') + 1).split(","))
			.map((host) -> host.isEmpty() ? "localhost" : host)
			.map((host) -> (port == 0 || PORT.matcher(host).matches()) ? host : host + ":" + port)
			.toList();
	}

	private static String schema(String url) {
		Matcher matcher = SCHEMA.matcher(url);
		return matcher.find() ? "?schema=" + matcher.group(1) : "";
	}

	/**
	 * Return whether this leads to the same place as another address.
	 * @param other the other address
	 * @param anyDatabase whether the server alone decides
	 * @return whether it does
	 */
	boolean leadsTo(Address other, boolean anyDatabase) {
		return this.kind == other.kind && (anyDatabase || this.database.equals(other.database))
				&& this.hosts.stream().allMatch((host) -> other.hosts.stream().anyMatch((each) -> isSame(host, each)));
	}

	// Different names are only looked up where the port is the same
	static boolean isSame(String one, String other) {
		return one.equalsIgnoreCase(other)
				|| (port(one).equals(port(other)) && HostName.isSame(host(one), host(other)));
	}

	private static String host(String host) {
		return host.substring(0, Math.max(host.lastIndexOf(':'), 0));
	}

	private static String port(String host) {
		return host.substring(host.lastIndexOf(':') + 1);
	}

	/**
	 * Write the address without user and password.
	 */
	@Override
	public String toString() {
		return (this.hosts.isEmpty() && EMBEDDABLE.contains(this.name))
				? this.name.toUpperCase(Locale.ROOT) + " in this JVM"
				: this.name + "://" + String.join(",", this.hosts) + "/" + this.database;
	}

}
