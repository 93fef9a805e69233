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

package dev.pristine.web;

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import dev.pristine.ownership.TestOwner;
import dev.pristine.ownership.TestOwner.Work;

/**
 * {@link Filter} that has the thread of a request work for whom its
 * {@link TestOwnerHeader} names, in each of its dispatches.
 */
final class OwnerFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		TestOwner owner = TestOwnerHeader.owner(((HttpServletRequest) request).getHeader(TestOwnerHeader.NAME));
		if (owner == null) {
			chain.doFilter(request, response);
			return;
		}
		try (Work work = owner.take()) {
			chain.doFilter(request, response);
		}
	}

}
