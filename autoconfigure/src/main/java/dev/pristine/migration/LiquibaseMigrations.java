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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import javax.sql.DataSource;

import liquibase.ChecksumVersion;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.database.OfflineConnection;
import liquibase.database.core.PostgresDatabase;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.integration.spring.SpringLiquibase;
import liquibase.integration.spring.SpringResourceAccessor;
import liquibase.resource.ResourceAccessor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ReflectionUtils;

/**
 * The change sets of a {@link SpringLiquibase}.
 *
 * @since 0.1.0
 */
public final class LiquibaseMigrations implements Migrations {

	// Where the database is, how it is reached, and what is told on the way
	private static final Set<String> IRRELEVANT = Set.of("analyticsEnabled", "beanName", "dataSource", "licenseKey",
			"log", "resourceLoader", "showSummary", "showSummaryOutput", "uiService");

	private final SpringLiquibase own;

	// What it was when it had not been skipped
	private final SpringLiquibase liquibase;

	private Set<String> paths = Set.of();

	/**
	 * Create the migrations.
	 * @param liquibase what knows them
	 */
	public LiquibaseMigrations(SpringLiquibase liquibase) {
		this.own = liquibase;
		this.liquibase = new Copy(liquibase, null);
	}

	@Override
	public DataSource dataSource() {
		return this.liquibase.getDataSource();
	}

	@Override
	public void addTo(Digest digest) throws UnknownOutcomeException {
		String type = this.own.getClass().getName();
		if (!type.startsWith("liquibase.") && !type.startsWith("org.springframework.boot.")) {
			throw new UnknownOutcomeException(type + " may do more than Liquibase");
		}
		addSettings(digest);
		ChangeLogFiles files = new ChangeLogFiles(this.liquibase.getResourceLoader());
		try {
			Liquibase offline = new Copy(this.liquibase, files).createLiquibase(null);
			// With a database, Liquibase would write the history of the offline one to a
			// file
			Scope.child(Scope.Attr.resourceAccessor, files, () -> {
				DatabaseChangeLog changeLog = offline.getDatabaseChangeLog();
				addChangeSets(digest, changeLog);
				files.addTo(digest, offline.getChangeLogParameters(), changeLog);
			});
			this.paths = files.paths();
		}
		catch (UnknownOutcomeException ex) {
			throw ex;
		}
		catch (Exception | LinkageError ex) {
			// Other versions of Liquibase may have other methods
			throw new UnknownOutcomeException("the change log cannot be read: " + ex);
		}
	}

	private void addSettings(Digest digest) throws UnknownOutcomeException {
		Map<String, @Nullable Object> settings = new TreeMap<>(System.getenv());
		System.getProperties().forEach((name, value) -> settings.put(name.toString(), value));
		settings.keySet().removeIf((name) -> !name.toLowerCase(Locale.ROOT).startsWith("liquibase"));
		ReflectionUtils.doWithFields(SpringLiquibase.class, (field) -> {
			ReflectionUtils.makeAccessible(field);
			settings.put(field.getName(), field.get(this.liquibase));
		}, (field) -> !IRRELEVANT.contains(field.getName()));
		if (Boolean.FALSE.equals(settings.get("shouldRun"))) {
			throw new UnknownOutcomeException("Liquibase is told not to run");
		}
		for (Map.Entry<String, @Nullable Object> setting : settings.entrySet()) {
			Object value = setting.getValue();
			if (value != null && !(value instanceof String) && !(value instanceof Boolean) && !(value instanceof Map)) {
				throw new UnknownOutcomeException("'%s' of Liquibase is set".formatted(setting.getKey()));
			}
			digest.add(setting.getKey(), (value instanceof Map<?, ?> map) ? new TreeMap<>(map) : value);
		}
	}

	// Their checksums have the files read that they refer to
	private static void addChangeSets(Digest digest, DatabaseChangeLog changeLog)
			throws ClassNotFoundException, IOException, UnknownOutcomeException {
		ClassLoader classLoader = Scope.getCurrentScope().getClassLoader();
		ClassContent classes = new ClassContent(classLoader);
		for (ChangeSet changeSet : changeLog.getChangeSets()) {
			digest.add(changeSet.toString(), changeSet.generateCheckSum(ChecksumVersion.latest()));
			for (Change change : changeSet.getChanges()) {
				// Of Liquibase and its extensions, with their versions
				classes.add(change.getClass());
				if (change instanceof CustomChangeWrapper custom) {
					classes.add(Class.forName(custom.getClassName(), false, classLoader));
				}
			}
		}
		addExtensions(classes, classLoader);
		classes.addTo(digest);
	}

	private static void addExtensions(ClassContent classes, ClassLoader classLoader)
			throws ClassNotFoundException, IOException, UnknownOutcomeException {
		for (Resource services : new PathMatchingResourcePatternResolver(classLoader)
			.getResources("classpath*:META-INF/services/liquibase.*")) {
			if (!services.getURL().getPath().contains("/liquibase-core-")) {
				for (String line : services.getContentAsString(StandardCharsets.UTF_8).split("\\R")) {
					String name = line.replaceAll("#.*", "").strip();
					if (!name.isEmpty()) {
						classes.add(Class.forName(name, false, classLoader));
					}
				}
			}
		}
	}

	@Override
	public void migrate(DataSource target) {
		ChangeLogFiles files = new ChangeLogFiles(this.liquibase.getResourceLoader());
		Copy copy = new Copy(this.liquibase, files);
		copy.setDataSource(target);
		try {
			copy.afterPropertiesSet();
		}
		catch (LiquibaseException ex) {
			throw new IllegalStateException(ex);
		}
		if (!this.paths.containsAll(files.paths())) {
			throw new IllegalStateException("The change sets have read more than is known of them: %s, not only %s"
				.formatted(files.paths(), this.paths));
		}
	}

	private static final class Copy extends SpringLiquibase {

		private final @Nullable ChangeLogFiles files;

		Copy(SpringLiquibase original, @Nullable ChangeLogFiles files) {
			this.files = files;
			ReflectionUtils.doWithFields(SpringLiquibase.class, (field) -> {
				ReflectionUtils.makeAccessible(field);
				field.set(this, field.get(original));
			}, ReflectionUtils.COPYABLE_FIELDS);
		}

		@Override
		protected Liquibase createLiquibase(@Nullable Connection connection) throws LiquibaseException {
			Liquibase created = super.createLiquibase(connection);
			created.getChangeLogParameters().setContexts(new Contexts(getContexts()));
			created.getChangeLogParameters().setLabels(new LabelExpression(getLabelFilter()));
			return created;
		}

		// Without a connection, no server is asked for anything
		@Override
		protected Database createDatabase(@Nullable Connection connection, ResourceAccessor accessor)
				throws DatabaseException {
			if (connection != null) {
				return super.createDatabase(connection, accessor);
			}
			PostgresDatabase database = new PostgresDatabase();
			database.setConnection(new OfflineConnection("offline:postgresql", accessor));
			return database;
		}

		@Override
		protected SpringResourceAccessor createResourceOpener() {
			return (this.files != null) ? this.files : super.createResourceOpener();
		}

	}

}
