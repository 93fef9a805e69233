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

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * The folders where the operating system looks for programs.
 *
 * @param folders the value of the environment variable {@code PATH}
 * @since 0.1.0
 */
public record SearchPath(@Nullable String folders) {

	private static final String SUFFIX = (File.separatorChar == '\\') ? ".exe" : "";

	/**
	 * Find programs.
	 * @param names their names, without {@code .exe}
	 * @return those that can be executed, folder by folder
	 */
	public Stream<Path> programs(String... names) {
		return Arrays.stream(StringUtils.tokenizeToStringArray(this.folders, File.pathSeparator))
			.flatMap((folder) -> Arrays.stream(names).map((name) -> Path.of(folder, name + SUFFIX)))
			.filter((program) -> Files.isRegularFile(program) && Files.isExecutable(program))
			.map(Path::toAbsolutePath);
	}

}
