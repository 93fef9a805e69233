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
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Tells from the log of an OPA, which names each request when it comes and when it is
 * answered, whether somebody wrote: whichever client was used, and without asking OPA.
 */
final class RequestLog {

	static final int LONG = 16 * 1024 * 1024;

	private @Nullable Path file;

	private long offset;

	/**
	 * The lines about writing policies that others caused. Less than 0 as long as lines
	 * that requests of ours will cause are not there.
	 */
	private int policies;

	private int data;

	private @Nullable String decision;

	/**
	 * Create a view of a log.
	 * @param file the log, or {@code null} if there is none: everything may have changed
	 * at any time then
	 */
	RequestLog(@Nullable Path file) {
		this.file = file;
	}

	/**
	 * Rely on the log only if it shows a request that writes policies.
	 * @param request sends one that changes nothing
	 */
	synchronized void prove(Runnable request) {
		writes();
		request.run();
		boolean shown = this.file != null && read(this.file) && this.policies > 0;
		this.file = shown ? this.file : null;
		writes();
	}

	/**
	 * A writing request of our own follows. It causes two lines.
	 * @param path the path of the request
	 */
	synchronized void expect(String path) {
		count(path, -2);
	}

	/**
	 * Return what others wrote, or may have written, since this was last called.
	 * @return what they wrote
	 */
	synchronized Writes writes() {
		if (this.file == null || !read(this.file)) {
			return new Writes(true, true);
		}
		Writes writes = new Writes(this.policies > 0, this.data > 0);
		this.policies = Math.min(this.policies, 0);
		this.data = Math.min(this.data, 0);
		return writes;
	}

	/**
	 * Return what others asked for since this was last called.
	 * @return the path of the latest decision, or {@code null}
	 */
	synchronized @Nullable String decision() {
		if (this.file != null) {
			read(this.file);
		}
		String decision = this.decision;
		this.decision = null;
		return decision;
	}

	private boolean read(Path file) {
		try {
			if (Files.size(file) == this.offset) {
				return true;
			}
			try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
				log.seek(this.offset);
				byte[] bytes = new byte[(int) (log.length() - this.offset)];
				log.readFully(bytes);
				int end = bytes.length;
				while (end > 0 && bytes[end - 1] != '\n') {
					end--;
				}
				new String(bytes, 0, end, StandardCharsets.ISO_8859_1).lines().forEach(this::read);
				this.offset += end;
				if (this.offset < LONG) {
					return true;
				}
				// What comes at this moment is lost, so that it counts as a change
				log.setLength(0);
				this.offset = 0;
				return false;
			}
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void read(String line) {
		int start = line.indexOf("\"req_path\":\"");
		String path = (start != -1) ? line.substring(start + 12) : "";
		if (line.contains("\"req_method\":\"PUT\"") || line.contains("\"req_method\":\"PATCH\"")
				|| line.contains("\"req_method\":\"DELETE\"")) {
			count(path, 1);
		}
		else if (path.startsWith("/v1/data")) {
			this.decision = path.substring(0, path.indexOf('"'));
		}
	}

	// The path is written as the client sent it, which may be more encoded than ours
	private void count(String path, int lines) {
		this.policies += path.startsWith("/v1/data") ? 0 : lines;
		this.data += path.startsWith("/v1/policies") ? 0 : lines;
	}

	/**
	 * What may have been written.
	 *
	 * @param policies whether policies may have been
	 * @param data whether base documents may have been
	 */
	record Writes(boolean policies, boolean data) {

	}

}
