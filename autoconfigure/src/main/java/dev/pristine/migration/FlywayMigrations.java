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

package dev.pristine.migration;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationPattern;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.api.pattern.ValidatePattern;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.extensibility.ConfigurationExtension;
import org.flywaydb.core.extensibility.Plugin;
import org.flywaydb.core.internal.scanner.Scanner;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.FileCopyUtils;
import org.springframework.util.ReflectionUtils;
import tools.jackson.databind.ObjectMapper;

/**
 * The migrations of a {@link Flyway}.
 *
 * @since 0.1.0
 */
public final class FlywayMigrations implements Migrations {

	// Where the database is, how it is reached, and what is told on the way; callbacks
	// and migrations of Java are added by their classes
	private static final Set<String> IRRELEVANT = Set.of("class", "callbacks", "cachedDataSources",
			"cachedResolvedEnvironments", "classLoader", "connectRetries", "connectRetriesInterval", "dataSource",
			"driver", "javaMigrations", "kerberosConfigFile", "lockRetryCount", "loggers", "modernConfig", "password",
			"pluginRegister", "reportEnabled", "reportFilename", "url", "user");

	private static final List<Class<?>> VALUES = List.of(CharSequence.class, Number.class, Boolean.class, Charset.class,
			MigrationVersion.class, MigrationPattern.class, ValidatePattern.class, Location.class);

	private static final Pattern PROGRAM = Pattern.compile(".*\\.(cmd|bat|ps1|py|sh|bash)");

	private static final Pattern COMMENT = Pattern.compile("--[^\n]*|(?s:/\\*.*?\\*/)");

	private static final Pattern QUALIFIED = Pattern.compile("(?<!\\w)(\\w++)\"?\\s*+\\.\\s*+\"?(\\w++)");

	private final Configuration configuration;

	/**
	 * Create the migrations.
	 * @param flyway what knows them
	 */
	public FlywayMigrations(Flyway flyway) {
		this.configuration = flyway.getConfiguration();
	}

	@Override
	public DataSource dataSource() {
		return this.configuration.getDataSource();
	}

	@Override
	public void addTo(Digest digest) throws UnknownOutcomeException {
		digest.add("flyway", String.valueOf(Flyway.class.getPackage().getImplementationVersion()));
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(Configuration.class)) {
			if (property.getReadMethod() != null && property.getReadMethod().getParameterCount() == 0
					&& !IRRELEVANT.contains(property.getName())) {
				Object value = ReflectionUtils.invokeMethod(property.getReadMethod(), this.configuration);
				digest.add(property.getName(), text(property.getName(), value));
			}
		}
		ObjectMapper mapper = new ObjectMapper();
		for (Plugin plugin : this.configuration.getPluginRegister().getInstancesOf(Plugin.class)) {
			digest.add("plugin", plugin.getClass().getName());
			if (plugin instanceof ConfigurationExtension extension) {
				// So does Flyway copy it
				digest.add("settings", mapper.writeValueAsString(extension));
			}
		}
		Scanner<JavaMigration> scanner = scanner();
		addScripts(digest, scanner);
		addClasses(digest, scanner);
	}

	private Scanner<JavaMigration> scanner() {
		List<Location> locations = new ArrayList<>(List.of(this.configuration.getLocations()));
		locations.addAll(List.of(this.configuration.getCallbackLocations()));
		return new Scanner<>(JavaMigration.class, this.configuration, locations.toArray(new Location[0]));
	}

	/**
	 * Find something that the migrations find in the same schema, wherever they run.
	 * @param shared what there is, in lower case, by its schema
	 * @return what it is, for messages, or {@code null} if there is nothing
	 */
	public @Nullable String qualifiedName(Map<String, Set<String>> shared) {
		if (this.configuration.getDefaultSchema() != null || this.configuration.getSchemas().length > 0) {
			return "the schema of 'spring.flyway.default-schema' or 'spring.flyway.schemas'";
		}
		for (LoadableResource resource : scanner().getResources("", "")) {
			if (!resource.getRelativePath().endsWith(".class")) {
				Matcher matcher = QUALIFIED.matcher(COMMENT.matcher(content(resource)).replaceAll(" "));
				while (matcher.find()) {
					if (shared.getOrDefault(matcher.group(1).toLowerCase(Locale.ROOT), Set.of())
						.contains(matcher.group(2).toLowerCase(Locale.ROOT))) {
						return "the qualified name '%s' (%s)".formatted(matcher.group(), resource.getRelativePath());
					}
				}
			}
		}
		return null;
	}

	private void addScripts(Digest digest, Scanner<JavaMigration> scanner) throws UnknownOutcomeException {
		// Each database and each moment has another value of them
		Pattern varying = Pattern.compile("\\bflyway" + Pattern.quote(this.configuration.getPlaceholderSeparator())
				+ "(database|timestamp|workingDirectory)\\b");
		List<LoadableResource> resources = new ArrayList<>(scanner.getResources("", ""));
		resources.sort(Comparator.comparing(LoadableResource::getRelativePath));
		for (LoadableResource resource : resources) {
			String path = resource.getRelativePath();
			if (PROGRAM.matcher(path.toLowerCase(Locale.ROOT)).matches()) {
				throw new UnknownOutcomeException("'" + path + "' is a program");
			}
			if (!path.endsWith(".class")) {
				String content = content(resource);
				Matcher matcher = varying.matcher(content);
				if (matcher.find()) {
					throw new UnknownOutcomeException("'%s' contains '%s'".formatted(path, matcher.group()));
				}
				digest.add(path, content);
			}
		}
	}

	private static String content(LoadableResource resource) {
		try {
			return FileCopyUtils.copyToString(resource.read());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void addClasses(Digest digest, Scanner<JavaMigration> scanner) throws UnknownOutcomeException {
		List<Object> objects = new ArrayList<>(List.of(this.configuration.getCallbacks()));
		for (JavaMigration migration : this.configuration.getJavaMigrations()) {
			objects.add(migration);
			digest.add("checksum", String.valueOf(migration.getChecksum()));
		}
		List<Class<?>> classes = new ArrayList<>(scanner.getClasses());
		for (Object object : objects) {
			requireStateless(object.getClass());
			classes.add(object.getClass());
		}
		ClassContent content = new ClassContent(this.configuration.getClassLoader());
		for (Class<?> type : classes) {
			digest.add("class", type.getName());
			content.add(type);
		}
		content.addTo(digest);
	}

	private static void requireStateless(Class<?> type) throws UnknownOutcomeException {
		for (Class<?> each = type; each != null; each = each.getSuperclass()) {
			if (!each.getName().startsWith("org.flywaydb.") && Arrays.stream(each.getDeclaredFields())
				.anyMatch((field) -> !Modifier.isStatic(field.getModifiers()))) {
				throw new UnknownOutcomeException("an object of " + type.getName() + " has fields");
			}
		}
	}

	private static String text(String name, @Nullable Object value) throws UnknownOutcomeException {
		if (value instanceof Object[] array) {
			List<String> elements = new ArrayList<>();
			for (Object element : array) {
				elements.add(text(name, element));
			}
			return elements.toString();
		}
		if (value instanceof Map<?, ?> map) {
			return new TreeMap<>(map).toString();
		}
		if (value != null && VALUES.stream().noneMatch((type) -> type.isInstance(value))) {
			throw new UnknownOutcomeException("'%s' of Flyway is an object of %s".formatted(name, value.getClass()));
		}
		return String.valueOf(value);
	}

	@Override
	public void migrate(DataSource target) {
		ClassicConfiguration copy = new ClassicConfiguration(this.configuration);
		copy.setDataSource(target);
		new Flyway(copy).migrate();
	}

	/**
	 * Have Flyway find a copy of the outcome in the own database: it validates, as it
	 * does in production, and runs nothing. The callbacks have run where the outcome was
	 * made.
	 */
	public void validate() {
		ClassicConfiguration copy = new ClassicConfiguration(this.configuration);
		copy.setSkipDefaultCallbacks(true);
		Flyway flyway = new Flyway(copy);
		if (flyway.getConfiguration() instanceof ClassicConfiguration own) {
			// Those that it has found by itself
			own.setCallbacks();
		}
		flyway.migrate();
	}

}
