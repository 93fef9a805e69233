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

/**
 * Where a server that Pristine starts works and listens.
 *
 * @param launch {@link Launch#CONTAINER} or {@link Launch#EMBEDDED}
 * @param directory its working directory, which holds the files that it was given
 * @param host the address to listen on: that of the loopback interface, or all of them in
 * a container
 * @param port the port to listen on
 * @since 0.1.0
 */
public record Place(Launch launch, String directory, String host, int port) {

}
