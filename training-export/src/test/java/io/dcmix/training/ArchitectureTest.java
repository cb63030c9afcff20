package io.dcmix.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Training rests on core alone. */
class ArchitectureTest {
  private static final JavaClasses TRAINING =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix.training");

  @Test
  void trainingKnowsNothingOfTheStreamAndItsServers() {
    unknown("org.apache.kafka..", "kafka..", "io.micronaut..", "io.apicurio..", "io.dcmix.streams..", "io.dcmix.app..", "io.dcmix.demo..").check(TRAINING);
  }

  @Test
  void theCheckCanFail() {
    assertThat(unknown("ai.djl..").evaluate(TRAINING).hasViolation()).isTrue();
  }

  private static ArchRule unknown(String... packages) {
    return noClasses().that().resideInAPackage("io.dcmix.training..").should().dependOnClassesThat().resideInAnyPackage(packages);
  }
}
