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

import java.util.Set;
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

	private final Set<SpringLiquibase> skipped = ConcurrentHashMap.newKeySet();

	/**
	 * Create the post-processor.
	 * @param templates what copies it
	 */
	public LiquibasePostProcessor(ObjectProvider<MigrationTemplates> templates) {
		this.templates = templates;
	}

	// What always runs has run in the original, too
	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof SpringLiquibase liquibase
				&& this.templates.getObject().isCopied(new LiquibaseMigrations(liquibase))) {
			logger.info("The database is a copy of what Liquibase has made before, so it does not run now");
			liquibase.setShouldRun(false);
			this.skipped.add(liquibase);
		}
		return bean;
	}

	// A test may have it run again
	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		if (bean instanceof SpringLiquibase liquibase && this.skipped.remove(liquibase)) {
			liquibase.setShouldRun(true);
		}
		return bean;
	}

}
