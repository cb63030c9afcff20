package io.dcmix.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What the production command line must not know. */
class ArchitectureTest {
  private static final JavaClasses APP =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix.app");

  @Test
  void theAppKnowsNeitherDemoNorTrainingNorABrokersInside() {
    unknown("io.dcmix.app", "io.dcmix.demo..", "io.dcmix.training..", "ai.djl..", "kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..")
        .check(APP);
  }

  @Test
  void onlyThePageKnowsTheWebServer() {
    noClasses().that().resideOutsideOfPackage("io.dcmix.app.dashboard..")
        .should().dependOnClassesThat().resideInAnyPackage("io.micronaut..", "io.netty..", "reactor..").check(APP);
  }

  @Test
  void thePageKnowsNothingOfRunning() {
    unknown("io.dcmix.app.dashboard", "io.dcmix.app.run..", "io.dcmix.app.doctor..", "io.dcmix.core.model..", "ai.onnxruntime..", "io.micrometer..").check(APP);
  }

  @Test
  void theChecksCanFail() {
    assertThat(unknown("io.dcmix.app", "org.apache.kafka.clients..").evaluate(APP).hasViolation()).isTrue();
    assertThat(unknown("io.dcmix.app.dashboard", "io.micronaut..").evaluate(APP).hasViolation()).as("the page does know the web server").isTrue();
    assertThat(unknown("io.dcmix.app.run", "io.dcmix.app.dashboard..").evaluate(APP).hasViolation()).as("running does know the page").isTrue();
  }

  private static ArchRule unknown(String who, String... packages) {
    return noClasses().that().resideInAPackage(who + "..").should().dependOnClassesThat().resideInAnyPackage(packages);
  }
}
