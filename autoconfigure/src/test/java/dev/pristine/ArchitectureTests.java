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

package dev.pristine;

import java.util.Arrays;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Holds the code to the dependencies and conventions of this project.
 */
class ArchitectureTests {

	private static final String ROOT = "dev.pristine";

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void packagesFormNoCycles() {
		check(SlicesRuleDefinition.slices().matching("(dev.pristine..)").should().beFreeOfCycles());
	}

	@Test
	void classesFormNoCyclesWithinAPackage() {
		check(SlicesRuleDefinition.slices().assignedFrom(new TopLevelClasses()).should().beFreeOfCycles());
	}

	@Test
	void whatUsersWriteKnowsNothing() {
		check(knowsOnly(ROOT));
	}

	@Test
	void contractOfResourcesKnowsWhatUsersWrite() {
		check(knowsOnly("dev.pristine.resource", ROOT));
	}

	@Test
	void engineSeesOnlyTheContractOfResources() {
		check(knowsOnly("dev.pristine.isolation", ROOT, "dev.pristine.resource", "dev.pristine.ownership"));
	}

	@Test
	void ownershipKnowsNeitherEngineNorResources() {
		check(knowsOnly("dev.pristine.ownership", "dev.pristine.resource"));
		check(knowsOnly("dev.pristine.web", "dev.pristine.ownership", "dev.pristine.resource"));
	}

	@Test
	void launchKnowsNoResource() {
		check(knowsOnly("dev.pristine.launch..", "dev.pristine.resource"));
	}

	@Test
	void resourcesDoNotKnowEachOther() {
		check(knowsOnly("dev.pristine.postgres..", ROOT, "dev.pristine.resource", "dev.pristine.launch",
				"dev.pristine.migration", "dev.pristine.ownership"));
		check(knowsOnly("dev.pristine.migration"));
		check(knowsOnly("dev.pristine.redis..", ROOT, "dev.pristine.resource", "dev.pristine.launch"));
		check(knowsOnly("dev.pristine.opa..", ROOT, "dev.pristine.resource", "dev.pristine.launch"));
		check(knowsOnly("dev.pristine.wiremock..", ROOT, "dev.pristine.resource", "dev.pristine.launch"));
		check(knowsOnly("dev.pristine.memory..", ROOT, "dev.pristine.resource"));
		check(knowsOnly("dev.pristine.destination..", ROOT, "dev.pristine.resource", "dev.pristine.launch"));
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		check(ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveNameMatching(".*(?<!Test)AutoConfiguration"));
	}

	@Test
	void classesAreNamedByTheQuestionTheyAnswer() {
		check(ArchRuleDefinition.noClasses()
			.should()
			.haveNameMatching(".*(Manager|Helper|Impl|Utils?|Utilities)(\\$.*)?"));
	}

	@Test
	void packagesAreNullMarked() {
		assertThat(classes.stream().map(JavaClass::getPackage).distinct())
			.allSatisfy((each) -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
	}

	@Test
	void brokenRuleIsSeen() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> check(knowsOnly("dev.pristine.isolation", ROOT)))
			.withMessageContaining("dev.pristine.resource");
	}

	private static ArchRule knowsOnly(String subject, String... others) {
		String[] known = Stream.concat(Stream.of(subject), Arrays.stream(others)).toArray(String[]::new);
		return ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(subject)
			.should()
			.onlyDependOnClassesThat(JavaClass.Predicates.resideOutsideOfPackage(ROOT + "..")
				.or(JavaClass.Predicates.resideInAnyPackage(known)));
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(classes);
	}

	/**
	 * One slice for each top-level class, with what is nested in it.
	 */
	private static final class TopLevelClasses implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
			JavaClass outermost = javaClass;
			while (outermost.getEnclosingClass().isPresent()) {
				outermost = outermost.getEnclosingClass().get();
			}
			return SliceIdentifier.of(outermost.getName());
		}

		@Override
		public String getDescription() {
			return "top-level classes";
		}

	}

}
