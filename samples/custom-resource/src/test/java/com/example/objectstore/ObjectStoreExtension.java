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

package com.example.objectstore;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Gives each test a {@link Bucket}, its log the last that the store has logged meanwhile,
 * and a test that fails the state of the store, before that is put back.
 */
public class ObjectStoreExtension
		implements ParameterResolver, BeforeTestExecutionCallback, AfterTestExecutionCallback {

	private static final Log logger = LogFactory.getLog("objectstore");

	private static final Namespace NAMESPACE = Namespace.create(ObjectStoreExtension.class);

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
		return parameter.getParameter().getType() == Bucket.class;
	}

	@Override
	public Bucket resolveParameter(ParameterContext parameter, ExtensionContext test) {
		return new Bucket(Integer.toHexString(test.getUniqueId().hashCode()));
	}

	@Override
	public void beforeTestExecution(ExtensionContext test) {
		test.getStore(NAMESPACE).put("log", store(test).server().logTail());
	}

	@Override
	public void afterTestExecution(ExtensionContext test) {
		ObjectStore store = store(test);
		String before = test.getStore(NAMESPACE).getOrDefault("log", String.class, "");
		String after = store.server().logTail();
		List<String> log = (after.startsWith(before) ? after.substring(before.length()) : after).lines().toList();
		log.stream().skip(Math.max(0, log.size() - 20)).forEach(logger::info);
		if (test.getExecutionException().isPresent() && store.server().isAlive()) {
			logger.error("State of the store when the test failed:\n" + store.capture());
		}
	}

	private static ObjectStore store(ExtensionContext test) {
		return SpringExtension.getApplicationContext(test).getBean(ObjectStore.class);
	}

}
