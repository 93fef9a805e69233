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

package dev.pristine.opa;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.pristine.TestIsolation;
import dev.pristine.resource.CompositeResourceLease;
import dev.pristine.resource.ResourceException;
import dev.pristine.resource.ResourceLease;
import dev.pristine.resource.TestScope;
import dev.pristine.resource.TestScope.Level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OpaLease} and {@link Occupancy}.
 */
class OpaLeaseIntegrationTests {

	private final NativeOpa opa = TestOpa.start();

	private final OpaClient client = new OpaClient(new OpaHttp(this.opa));

	private final OpaStore store = new OpaStore(new OpaHttp(this.opa));

	private final TestScope outer = new TestScope(Level.CLASS, TestIsolation.TRANSACTION, "Outer", null);

	private final TestScope test = new TestScope(Level.TEST, TestIsolation.TRANSACTION, "Outer.test", this.outer);

	@BeforeEach
	void data() {
		this.client.putData("value", "baseline");
	}

	@AfterEach
	void stop() {
		this.opa.destroy();
	}

	@Test
	void changesBeforeTheOuterClassBelongToIt() {
		ResourceLease lease = lease(this.opa);
		this.client.putData("value", "class");
		lease.prepare(this.outer);
		lease.prepare(this.test);
		this.client.putData("value", "test");
		lease.reset(this.test);
		assertThat(value()).isEqualTo("class");
		lease.reset(this.outer);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void changesOfNestedScopesAreUndoneOneByOne() {
		ResourceLease lease = lease(this.opa);
		TestScope inner = new TestScope(Level.CLASS, TestIsolation.TRANSACTION, "Inner", this.outer);
		TestScope innerTest = new TestScope(Level.TEST, TestIsolation.TRANSACTION, "Inner.test", inner);
		lease.prepare(this.outer);
		this.client.putData("value", "outer");
		lease.prepare(inner);
		this.client.putData("value", "inner");
		lease.prepare(innerTest);
		this.client.putData("value", "test");
		lease.reset(innerTest);
		assertThat(value()).isEqualTo("inner");
		lease.reset(inner);
		assertThat(value()).isEqualTo("outer");
		lease.reset(this.outer);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void whatComesBetweenTestsDoesNotReachTheNext() {
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		this.client.putData("value", "class");
		lease.prepare(this.test);
		lease.reset(this.test);
		this.client.putData("value", "late");
		lease.prepare(this.test);
		assertThat(value()).isEqualTo("class");
		lease.reset(this.test);
		assertThat(value()).isEqualTo("class");
		lease.reset(this.outer);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void unisolatedTestsLeaveTheClassItsData() {
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		this.client.putData("value", "class");
		lease.prepare(this.test);
		lease.reset(this.test);
		this.client.putData("value", "left");
		lease.restore();
		assertThat(value()).isEqualTo("class");
	}

	@Test
	void restoresWhatUnisolatedTestsLeave() {
		ResourceLease lease = lease(this.opa);
		this.client.putData("value", "left");
		lease.restore();
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void writesNothingWhereNothingChanged() {
		ResourceLease lease = lease(this.opa);
		OpaStore observer = new OpaStore(new OpaHttp(this.opa));
		observer.mayHaveChanged();
		for (int i = 0; i < 3; i++) {
			lease.prepare(this.outer);
			lease.prepare(this.test);
			value();
			lease.reset(this.test);
			lease.reset(this.outer);
		}
		assertThat(observer.mayHaveChanged()).isFalse();
	}

	@Test
	void whatOthersWriteIsUndone() {
		OpaClient other = new OpaClient(new OpaHttp(this.opa));
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		lease.prepare(this.test);
		other.putData("value", "test");
		lease.reset(this.test);
		assertThat(value()).isEqualTo("baseline");
		lease.prepare(this.test);
		this.client.putData("value", "test");
		other.putPolicy("p.rego", "package p\nx := 1");
		lease.reset(this.test);
		assertThat(value()).isEqualTo("baseline");
		assertThat(other.policies()).isEmpty();
		lease.prepare(this.test);
		other.putData("value", "test");
		lease.reset(this.test);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void whatTheClassWroteIsNotTakenForAChangeOfItsTests() {
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		this.client.putData("value", "class");
		lease.prepare(this.test);
		OpaStore observer = new OpaStore(new OpaHttp(this.opa));
		observer.mayHaveChanged();
		lease.reset(this.test);
		assertThat(observer.mayHaveChanged()).isFalse();
		lease.reset(this.outer);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void announcementWithoutWhatItAnnouncesDoesNoHarm() {
		ResourceLease lease = new OpaLease(this.store, this.client, this.store.read(), () -> false);
		lease.prepare(this.outer);
		lease.prepare(this.test);
		lease.reset(this.test);
		lease.announcePrepare(this.test);
		this.client.putData("value", "late");
		lease.announcePrepare(this.test);
		lease.prepare(this.test);
		assertThat(value()).isEqualTo("baseline");
		lease.reset(this.test);
		lease.reset(this.outer);
	}

	@Test
	void lostAnswersMeanThatSomethingMayHaveChanged() throws IOException {
		try (Detour detour = Detour.to(this.opa)) {
			OpaConnectionDetails details = detour::url;
			ResourceLease lease = lease(details);
			lease.prepare(this.outer);
			lease.prepare(this.test);
			new OpaClient(new OpaHttp(this.opa)).putData("value", "test");
			detour.loseNextAnswers();
			lease.reset(this.test);
			assertThat(value()).isEqualTo("baseline");
			lease.prepare(this.test);
			this.client.putData("value", "test");
			detour.loseNextAnswers();
			lease.reset(this.test);
			assertThat(value()).isEqualTo("baseline");
			lease.reset(this.outer);
		}
	}

	@Test
	void whatComesAfterTheLastTestIsUndoneWithTheClass() {
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		this.client.putData("value", "class");
		lease.prepare(this.test);
		lease.reset(this.test);
		this.client.putData("value", "after");
		lease.reset(this.outer);
		assertThat(value()).isEqualTo("baseline");
	}

	@Test
	void whatWasPutBackIsNotTakenForAChange() {
		ResourceLease lease = lease(this.opa);
		OpaStore observer = new OpaStore(new OpaHttp(this.opa));
		lease.prepare(this.outer);
		for (Runnable change : List.<Runnable>of(() -> this.client.putData("value", "test"),
				() -> this.client.putPolicy("p.rego", "package p\nx := 1"))) {
			lease.prepare(this.test);
			change.run();
			lease.reset(this.test);
			observer.mayHaveChanged();
			lease.prepare(this.test);
			lease.reset(this.test);
			assertThat(observer.mayHaveChanged()).isFalse();
		}
		lease.reset(this.outer);
	}

	@Test
	void deadOpaIsReported() {
		ResourceLease lease = lease(this.opa);
		lease.prepare(this.outer);
		this.opa.destroy();
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> lease.prepare(this.test))
			.withMessageContaining("OPA does not answer at " + this.opa.getUrl());
		assertThatExceptionOfType(ResourceException.class).isThrownBy(() -> lease.reset(this.outer));
	}

	@Test
	void contextsThatShareAnOpaDoNotMeet() {
		OpaConnectionDetails first = this.opa::getUrl;
		OpaConnectionDetails second = this.opa::getUrl;
		OpaState files = new OpaState(Map.of("p.rego", "package p\nx := 1"), OpaState.EMPTY.data());
		Occupancy occupancy = Occupancy.of(first);
		occupancy.enter(first, this.store, files);
		this.client.putData("by", "first");
		OpaResource firstResource = new OpaResource(first, this.client);
		firstResource.captureBaseline();
		ResourceLease firstLease = firstResource.lease(0);
		firstLease.prepare(this.outer);
		firstLease.reset(this.outer);
		Occupancy.of(second).enter(second, this.store, files);
		assertThat(this.client.find("by", null, String.class)).isEmpty();
		assertThat(value()).isEqualTo("baseline");
		this.client.putPolicy("p.rego", "package p\nx := 2");
		OpaResource secondResource = new OpaResource(second, this.client);
		secondResource.captureBaseline();
		ResourceLease secondLease = secondResource.lease(0);
		secondLease.prepare(this.outer);
		secondLease.reset(this.outer);
		firstLease.prepare(this.outer);
		assertThat(this.client.evaluate("by", null, String.class)).isEqualTo("first");
		assertThat(this.client.evaluate("p/x", null, Integer.class)).isEqualTo(1);
		firstLease.reset(this.outer);
		secondLease.prepare(this.outer);
		assertThat(this.client.evaluate("p/x", null, Integer.class)).isEqualTo(2);
		secondLease.reset(this.outer);
		firstResource.destroy();
		secondResource.destroy();
		assertThat(Occupancy.of(first)).isNotSameAs(occupancy);
		assertThat(value()).isEqualTo("baseline");
	}

	private ResourceLease lease(OpaConnectionDetails details) {
		OpaResource resource = new OpaResource(details, this.client);
		resource.captureBaseline();
		ResourceLease lease = new CompositeResourceLease(List.of(resource.lease(0)));
		lease.prepare(this.outer);
		lease.reset(this.outer);
		return lease;
	}

	private String value() {
		return this.client.evaluate("value", null, String.class);
	}

}
