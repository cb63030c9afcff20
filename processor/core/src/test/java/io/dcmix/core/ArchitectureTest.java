package io.dcmix.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between the packages of core, and what core must not know. */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix.core");

  @Test
  void coreKnowsNeitherKafkaNorMicronautNorMicrometerNorDjlNorApicurio() {
    assertThat(CORE).isNotEmpty();
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.micronaut..", "ai.djl..", "io.apicurio..", "io.netty..", "io.micrometer..", "io.dcmix.streams..", "io.dcmix.app..")
        .check(CORE);
  }

  /** Each package knows itself, the schema, and what is named; among core's packages nothing else. */
  @ParameterizedTest
  @CsvSource({"images,", "quality,images", "model,images|screening", "screening,", "wells,images|screening", "log,", "scoring,images|log|model|quality|screening", "source,scoring|images", "archive,images", "cli,"})
  void aPackageKnowsOnlyWhatItIsAllowedTo(String name, String allowed) {
    onlyKnows(name, allowed).check(CORE);
  }

  @Test
  void onnxRuntimeStaysBehindTheModel() {
    noClasses().that().resideOutsideOfPackage("io.dcmix.core.model..").should().dependOnClassesThat().resideInAPackage("ai.onnxruntime..").check(CORE);
  }

  @Test
  void theCheckCanFail() {
    assertThat(onlyKnows("archive", null).evaluate(CORE).hasViolation()).isTrue();
  }

  private static ArchRule onlyKnows(String name, String allowed) {
    String others = allowed == null ? name : name + "|" + allowed;
    return noClasses()
        .that()
        .resideInAPackage("io.dcmix.core." + name + "..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are in core and neither " + others,
                type -> type.getPackageName().startsWith("io.dcmix.core.") && !type.getPackageName().matches("io\\.dcmix\\.core\\.(" + others + ")(\\..*)?")))
        .allowEmptyShould(true);
  }
}
