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

package dev.pristine.wiremock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.filemaker.FilenameMaker;
import com.github.tomakehurst.wiremock.core.WireMockApp;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.standalone.JsonFileMappingsSource;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;

import dev.pristine.resource.CurrentSlot;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.SlotCopies;
import dev.pristine.resource.TestResource;
import dev.pristine.resource.TestScope;

/**
 * The WireMock of an application context: a server for each slot.
 */
final class WireMockResource implements TestResource {

	private final SlotCopies<WireMockServer> servers;

	private final boolean provided;

	private volatile List<StubMapping> start = List.of();

	/**
	 * Create the resource of an application context.
	 * @param server the server that the application starts with
	 * @param provided whether it is like each {@link #server()}
	 * @param currentSlot tells the slot of a thread
	 */
	WireMockResource(WireMockServer server, boolean provided, ObjectProvider<CurrentSlot> currentSlot) {
		this.servers = new SlotCopies<>(server, currentSlot);
		this.provided = provided;
	}

	static WireMockServer server() {
		return server(WireMockConfiguration.options());
	}

	static WireMockServer server(WireMockConfiguration options) {
		return new WireMockServer(options.dynamicPort().mappingSource(new MappingFiles(options)));
	}

	void start() {
		home().start();
	}

	void stop() {
		home().stop();
	}

	/**
	 * Return the server whose address the application knows.
	 * @return the server of slot 0
	 */
	WireMockServer home() {
		return this.servers.home();
	}

	/**
	 * Return what acts on the server that the calling thread works with.
	 * @return a server that differs from thread to thread
	 */
	WireMockServer current() {
		ProxyFactory proxy = new ProxyFactory(home());
		proxy.setProxyTargetClass(true);
		proxy.setOpaque(true);
		proxy.addAdvice((MethodInterceptor) (invocation) -> AopUtils
			.invokeJoinpointUsingReflection(this.servers.current(), invocation.getMethod(), invocation.getArguments()));
		return (WireMockServer) proxy.getProxy(WireMockServer.class.getClassLoader());
	}

	@Override
	public String name() {
		return "wiremock";
	}

	@Override
	public ResourceLease<List<StubMapping>> lease(int slot) {
		if (slot == 0) {
			this.servers.start();
			this.start = home().getStubMappings();
			home().addMockServiceRequestListener(
					(request, response) -> this.servers.reportStray(request.getMethod() + " " + request.getUrl()));
			return new Lease(home(), this.provided ? home().port() : 0, () -> {
			});
		}
		WireMockServer server = server();
		server.start();
		// A server numbers its stubs
		List<StubMapping> stubs = this.start.stream()
			.map((stub) -> StubMapping.buildFrom(StubMapping.buildJsonStringFor(stub)))
			.toList();
		return this.servers.lease(slot, server, stubs, server::stop, (end) -> new Lease(server, server.port(), end));
	}

	@Override
	public @Nullable String onlyCopy() {
		return this.provided ? null
				: "the application declares a WireMockServer, and nobody knows how to make another one like it";
	}

	/**
	 * The project's own stubs, which stay as they are: WireMock would delete and rewrite
	 * the files of those that are marked as persistent.
	 */
	private static final class MappingFiles extends JsonFileMappingsSource {

		MappingFiles(WireMockConfiguration options) {
			super(options.filesRoot().child(WireMockApp.MAPPINGS_ROOT), new FilenameMaker());
		}

		@Override
		public void save(List<StubMapping> stubs) {
		}

		@Override
		public void save(StubMapping stub) {
		}

		@Override
		public void remove(StubMapping stub) {
		}

		@Override
		public void removeAll() {
		}

	}

	/**
	 * The stubs of a server. Its requests and the states of its scenarios are those of
	 * one test.
	 *
	 * @param server the server
	 * @param port where it was started, or 0 if the application starts it
	 * @param end ends it
	 */
	private record Lease(WireMockServer server, int port, Runnable end) implements ResourceLease<List<StubMapping>> {

		@Override
		public List<StubMapping> capture() {
			return List.copyOf(this.server.getStubMappings());
		}

		// What @BeforeAll asked for is not of the first test, which tells of a failure
		@Override
		public void enter(TestScope scope) {
			if (this.server.findUnmatchedRequests().getRequests().isEmpty()) {
				this.server.resetRequests();
			}
		}

		@Override
		public void restore(List<StubMapping> state, String culprit) {
			if (!isUsable()) {
				throw new ResourceException(
						"The WireMock at port %d has been stopped, by or before %s.".formatted(this.port, culprit),
						"Have a stub answer with a fault instead: aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER).");
			}
			this.server.resetRequests();
			this.server.resetScenarios();
			List<StubMapping> present = capture();
			int added = present.size() - state.size();
			if (added >= 0 && present.subList(added, present.size()).equals(state)) {
				present.subList(0, added).forEach(this.server::removeStub);
			}
			else {
				present.forEach(this.server::removeStub);
				// The latest is the first that is asked
				List<StubMapping> stubs = new ArrayList<>(state);
				Collections.reverse(stubs);
				stubs.forEach(this.server::addStubMapping);
			}
		}

		// Started again, it has another port, which the application does not know
		@Override
		public boolean isUsable() {
			return this.port == 0 || (this.server.isRunning() && this.server.port() == this.port);
		}

		@Override
		public void close() {
			this.end.run();
		}

	}

}
