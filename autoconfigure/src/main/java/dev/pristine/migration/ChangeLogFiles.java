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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.UnknownChangeLogParameterException;
import liquibase.integration.spring.SpringResourceAccessor;
import liquibase.resource.Resource;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.FileCopyUtils;

/**
 * The files that Liquibase reads for its change sets.
 */
final class ChangeLogFiles extends SpringResourceAccessor {

	// What reads more than these files, or has another value each time
	private static final Pattern VARYING = Pattern.compile(
			"executeCommand|customPrecondition|runWith|value[bc]lobFile|changeLogPropertyDefined"
					+ "|database\\.defaultCatalogName|liquibase_execution_(datetime|deployment_id)|\\x00",
			Pattern.CASE_INSENSITIVE);

	private final Map<String, byte[]> content = new TreeMap<>();

	ChangeLogFiles(@Nullable ResourceLoader resourceLoader) {
		super(resourceLoader);
	}

	@Override
	public @Nullable List<Resource> getAll(String path) throws IOException {
		List<Resource> all = super.getAll(path);
		return (all != null) ? all.stream().map(this::recorded).toList() : null;
	}

	@Override
	public List<Resource> search(String path, boolean recursive) throws IOException {
		return super.search(path, recursive).stream().map(this::recorded).toList();
	}

	private Resource recorded(Resource resource) {
		ProxyFactory factory = new ProxyFactory(resource);
		factory.addAdvice((MethodInterceptor) (call) -> {
			Object result = call.proceed();
			if (result instanceof InputStream stream) {
				byte[] bytes = FileCopyUtils.copyToByteArray(stream);
				this.content.put(resource.getPath(), bytes);
				return new ByteArrayInputStream(bytes);
			}
			return (result instanceof Resource other) ? recorded(other) : result;
		});
		return (Resource) factory.getProxy();
	}

	/**
	 * Return the files that have been read.
	 * @return their paths
	 */
	Set<String> paths() {
		return Set.copyOf(this.content.keySet());
	}

	/**
	 * Add the files that have been read, as they are and with their parameters.
	 * @param digest where to add them
	 * @param parameters the parameters
	 * @param changeLog what has been read
	 * @throws UnknownOutcomeException if something in them has another value each time
	 * @throws UnknownChangeLogParameterException if a parameter has no value
	 */
	void addTo(Digest digest, ChangeLogParameters parameters, DatabaseChangeLog changeLog)
			throws UnknownOutcomeException, UnknownChangeLogParameterException {
		for (Map.Entry<String, byte[]> file : this.content.entrySet()) {
			String text = new String(file.getValue(), StandardCharsets.UTF_8);
			Matcher varying = VARYING.matcher(text);
			if (varying.find()) {
				throw new UnknownOutcomeException("'%s' contains '%s'".formatted(file.getKey(), varying.group()));
			}
			digest.add(file.getKey(), file.getValue());
			digest.add("expanded", parameters.expandExpressions(text, changeLog));
		}
	}

}
