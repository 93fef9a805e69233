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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.pristine.opa.RequestLog.Writes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestLog}.
 */
class RequestLogTests {

	private static final Writes NONE = new Writes(false, false);

	private static final Writes ALL = new Writes(true, true);

	private static final Writes POLICIES = new Writes(true, false);

	private static final Writes DATA = new Writes(false, true);

	private Path file;

	private RequestLog log;

	@BeforeEach
	void open(@TempDir Path directory) throws IOException {
		this.file = Files.createFile(directory.resolve("log"));
		this.log = new RequestLog(this.file);
		this.log.prove(() -> append(line("DELETE", "/v1/policies/x")));
	}

	@ParameterizedTest
	@CsvSource({ "PUT,/v1/policies/a,true,false", "DELETE,/v1/policies/a,true,false", "PUT,/v1/data,false,true",
			"PATCH,/v1/data/a,false,true", "DELETE,/v1/data/a,false,true", "PUT,/v1/%70olicies/a,true,true",
			"GET,/v1/data,false,false", "POST,/v1/data/a,false,false", "GET,/v1/policies,false,false" })
	void tellsWhatWasWritten(String method, String path, boolean policies, boolean data) {
		append(line(method, path));
		assertThat(this.log.writes()).isEqualTo(new Writes(policies, data));
		assertThat(this.log.writes()).isEqualTo(NONE);
	}

	@Test
	void whatIsPrintedIsNoRequest() {
		append("{\"msg\":\"\\\"req_method\\\":\\\"PUT\\\"\",\"req_method\":\"POST\",\"req_path\":\"/v1/data\"}\n");
		assertThat(this.log.writes()).isEqualTo(NONE);
	}

	@Test
	void lineCountsWhenItIsComplete() {
		String line = line("PUT", "/v1/data");
		append(line.substring(0, 30));
		assertThat(this.log.writes()).isEqualTo(NONE);
		append(line.substring(30));
		assertThat(this.log.writes()).isEqualTo(DATA);
	}

	@Test
	void ownRequestsDoNotCountEvenIfTheirLinesComeLate() {
		this.log.expect("/v1/data");
		append(line("PUT", "/v1/data"));
		assertThat(this.log.writes()).isEqualTo(NONE);
		append(line("PUT", "/v1/data"));
		assertThat(this.log.writes()).isEqualTo(NONE);
		this.log.expect("/v1/data");
		append(line("PUT", "/v1/data").repeat(2) + line("PATCH", "/v1/data/a"));
		assertThat(this.log.writes()).isEqualTo(DATA);
		this.log.expect("/v1/data");
		append(line("PUT", "/v1/data").repeat(2) + line("PUT", "/v1/policies/a"));
		assertThat(this.log.writes()).isEqualTo(POLICIES);
	}

	@Test
	void longLogIsCutOffAndCountsAsAChangeOnce() throws IOException {
		append("x".repeat(1023).concat("\n").repeat(RequestLog.LONG / 1024));
		assertThat(this.log.writes()).isEqualTo(ALL);
		assertThat(Files.size(this.file)).isZero();
		assertThat(this.log.writes()).isEqualTo(NONE);
		append(line("PUT", "/v1/data"));
		assertThat(this.log.writes()).isEqualTo(DATA);
	}

	@Test
	void everythingMayHaveChangedWithoutALogThatCanBeRead() throws IOException {
		assertThat(new RequestLog(null).writes()).isEqualTo(ALL);
		RequestLog other = new RequestLog(this.file);
		other.prove(() -> append("[INFO] DELETE /v1/policies/x\n"));
		assertThat(other.writes()).isEqualTo(ALL);
		Files.delete(this.file);
		assertThat(this.log.writes()).isEqualTo(ALL);
	}

	private void append(String text) {
		try {
			Files.writeString(this.file, text, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String line(String method, String path) {
		return "{\"level\":\"info\",\"msg\":\"Received request.\",\"req_id\":1,\"req_method\":\"" + method
				+ "\",\"req_path\":\"" + path + "\",\"time\":\"2026-01-01T00:00:00Z\"}\n";
	}

}
