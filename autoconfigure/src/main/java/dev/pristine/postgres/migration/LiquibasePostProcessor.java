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

package dev.pristine.postgres.migration;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import liquibase.integration.spring.SpringLiquibase;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

import dev.pristine.migration.LiquibaseMigrations;

/**
 * Has Liquibase start with a copy of what its change sets make.
 */
public class LiquibasePostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(LiquibasePostProcessor.class);

	private final ObjectProvider<MigrationTemplates> templates;

	private final Map<Object, LiquibaseMigrations> skipped = new ConcurrentHashMap<>();

	/**
	 * Create the post-processor.
	 * @param templates what copies it
	 */
	public LiquibasePostProcessor(ObjectProvider<MigrationTemplates> templates) {
		this.templates = templates;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof SpringLiquibase liquibase) {
			LiquibaseMigrations migrations = new LiquibaseMigrations(liquibase);
			if (this.templates.getObject().isCopied(migrations)) {
				logger.info("The database is a copy of what Liquibase has made before, so it does not run now");
				migrations.skip(true);
				this.skipped.put(bean, migrations);
			}
		}
		return bean;
	}

	// A test may have it run again
	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		LiquibaseMigrations migrations = this.skipped.remove(bean);
		if (migrations != null) {
			migrations.skip(false);
		}
		return bean;
	}

}
