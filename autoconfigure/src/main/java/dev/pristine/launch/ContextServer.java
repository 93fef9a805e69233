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

package dev.pristine.launch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The server that one application context has for itself. It starts in the background
 * while the context refreshes, and ends with the context.
 * <p>
 * It is a {@link BeanFactoryPostProcessor} only to be created before all other beans: its
 * {@code @Bean} method has to be {@code static}.
 *
 * @since 0.1.0
 */
public final class ContextServer implements BeanFactoryPostProcessor, DisposableBean {

	private final CompletableFuture<LaunchedServer> server;

	ContextServer(String name, Supplier<LaunchedServer> start) {
		this.server = Servers.inBackground(name, start);
	}

	/**
	 * Wait until the server answers.
	 * @return the server
	 * @throws dev.pristine.resource.ResourceException if it did not start
	 */
	public LaunchedServer get() {
		return Servers.join(this.server);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

	@Override
	public void destroy() {
		this.server.thenAccept(LaunchedServer::stop);
	}

}
