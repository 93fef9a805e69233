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

package dev.pristine.postgres;

import liquibase.integration.spring.SpringLiquibase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

import dev.pristine.migration.LiquibaseMigrations;

/**
 * Has Liquibase start with a copy of what its change sets make.
 *
 * @param templates what copies it
 */
record LiquibasePostProcessor(ObjectProvider<MigrationTemplates> templates) implements BeanPostProcessor {

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof SpringLiquibase liquibase) {
			LiquibaseMigrations migrations = new LiquibaseMigrations(liquibase);
			if (this.templates.getObject().isCopied(migrations)) {
				migrations.skip();
			}
		}
		return bean;
	}

}
