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
import com.github.tomakehurst.wiremock.stubbing.StubMapping;

import dev.pristine.resource.SnapshotResource;

/**
 * The stubs of a {@link WireMockServer}. Its requests and the states of its scenarios are
 * those of one test.
 */
final class WireMockResource implements SnapshotResource<List<StubMapping>> {

	private final WireMockServer server;

	WireMockResource(WireMockServer server) {
		this.server = server;
	}

	@Override
	public String name() {
		return "wiremock";
	}

	@Override
	public List<StubMapping> capture() {
		return List.copyOf(this.server.getStubMappings());
	}

	@Override
	public void restore(List<StubMapping> snapshot) {
		this.server.resetRequests();
		this.server.resetScenarios();
		List<StubMapping> present = capture();
		if (!present.equals(snapshot)) {
			present.forEach(this.server::removeStub);
			// The latest is the first that is asked
			List<StubMapping> stubs = new ArrayList<>(snapshot);
			Collections.reverse(stubs);
			stubs.forEach(this.server::addStubMapping);
		}
	}

}
