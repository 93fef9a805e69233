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

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * What a host is called, which says little: one has many names.
 *
 * @since 0.1.0
 */
public final class HostName {

	private HostName() {
	}

	/**
	 * Return whether two names are those of one host.
	 * @param one a name or address
	 * @param other another one
	 * @return whether both lead to the same address, or both to this machine
	 */
	public static boolean isSame(String one, String other) {
		try {
			InetAddress first = InetAddress.getByName(one);
			InetAddress second = InetAddress.getByName(other);
			return first.equals(second) || (first.isLoopbackAddress() && second.isLoopbackAddress());
		}
		catch (UnknownHostException ex) {
			return one.equals(other);
		}
	}

}
