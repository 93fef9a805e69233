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

package dev.pristine.isolation;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.UniqueId;

/**
 * One run of a test class. A nested class runs once for each class that has inherited it,
 * perhaps at the same time.
 *
 * @param testClass the class
 * @param id the id of the run, from JUnit, or {@code null} if nobody has told it
 */
record ClassRun(Class<?> testClass, @Nullable UniqueId id) {

	/**
	 * Return the run of a class that this thread works in.
	 * @param testClass the class
	 * @return its run
	 */
	static ClassRun current(Class<?> testClass) {
		UniqueId id = RunningPlan.current();
		UniqueId run = (id != null) ? classOf(id) : null;
		return new ClassRun(testClass, (run != null && isNamed(run.getLastSegment(), testClass)) ? run : null);
	}

	/**
	 * Return whether a nested class runs as a part of this run.
	 * @param nested the run of an inner class
	 * @return whether this is the run around it
	 */
	boolean encloses(ClassRun nested) {
		return nested.testClass.getEnclosingClass().isAssignableFrom(this.testClass) && (this.id == null
				|| nested.id == null || Objects.equals(this.id, classOf(nested.id.removeLastSegment())));
	}

	/**
	 * Return whether a container is a part of this run, but not of a class inside.
	 * @param container the id of the container, from JUnit
	 * @return whether it is
	 */
	boolean contains(UniqueId container) {
		return this.id != null && Objects.equals(this.id, classOf(container));
	}

	/**
	 * Return the id of the class that something belongs to.
	 * @param id the id of a test or container
	 * @return the id of the class, or {@code null} if there is none around it
	 */
	private static @Nullable UniqueId classOf(UniqueId id) {
		String type = id.getLastSegment().getType();
		if (type.endsWith("class") || type.endsWith("class-template")) {
			return id;
		}
		return (id.getSegments().size() > 1) ? classOf(id.removeLastSegment()) : null;
	}

	// Whoever runs classes in another way than JUnit may do so inside of a test
	private static boolean isNamed(UniqueId.Segment segment, Class<?> testClass) {
		return segment.getValue().equals(testClass.getName()) || segment.getValue().equals(testClass.getSimpleName());
	}

}
