package io.dcmix.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The bench may use everything, and nothing uses the bench; the training engine stays out of what is measured. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix");

  @Test
  void nothingKnowsTheBench() {
    noClasses().that().resideOutsideOfPackage("io.dcmix.bench..").should().dependOnClassesThat().resideInAPackage("io.dcmix.bench..").check(ALL);
  }

  @Test
  void theBenchMeasuresWithoutTheTrainingEngineOrABrokersInside() {
    unknown("ai.djl..", "kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..").check(ALL);
  }

  @Test
  void onlyTheModelsComeFromTraining() {
    noClasses().that().resideInAPackage("io.dcmix.bench..").and().doNotHaveSimpleName("Models")
        .should().dependOnClassesThat().resideInAnyPackage("io.dcmix.training..", "ai.onnx..").check(ALL);
  }

  @Test
  void theChecksCanFail() {
    assertThat(unknown("org.apache.kafka.clients..").evaluate(ALL).hasViolation()).isTrue();
    assertThat(unknown("io.dcmix.training..").evaluate(ALL).hasViolation()).as("the models do come from training").isTrue();
  }

  private static ArchRule unknown(String... packages) {
    return noClasses().that().resideInAPackage("io.dcmix.bench..").should().dependOnClassesThat().resideInAnyPackage(packages);
  }
}
