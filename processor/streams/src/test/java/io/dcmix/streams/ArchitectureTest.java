package io.dcmix.streams;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** What the streams must not know. That core does not know them is Maven's arrow. */
class ArchitectureTest {
  private static final JavaClasses STREAMS =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix.streams");

  @Test
  void theStreamsKnowNeitherTheWebServerNorTheTrainingEngineNorTheBroker() {
    unknown("io.dcmix.streams", "io.micronaut..", "io.netty..", "ai.djl..", "kafka.server..", "io.dcmix.app..").check(STREAMS);
  }

  @Test
  void theRegistryStaysBehindTheWire() {
    noClasses().that().resideOutsideOfPackage("io.dcmix.streams.wire..")
        .should().dependOnClassesThat().resideInAnyPackage("io.apicurio..", "io.kiota..", "com.microsoft.kiota..").check(STREAMS);
  }

  @Test
  void onnxRuntimeStaysInCore() {
    unknown("io.dcmix.streams", "ai.onnxruntime..").check(STREAMS);
  }

  @Test
  void metersStayBesideTheStages() {
    for (String stage : new String[] {"well", "plate", "source", "wire", "publish", "trace"}) {
      unknown("io.dcmix.streams." + stage, "io.micrometer..", "io.dcmix.streams.metrics..").check(STREAMS);
    }
  }

  @Test
  void openTelemetryStaysBehindTheTraces() {
    noClasses().that().resideOutsideOfPackage("io.dcmix.streams.trace..").should().dependOnClassesThat().resideInAnyPackage("io.opentelemetry..").check(STREAMS);
  }

  @Test
  void theChecksCanFail() {
    assertThat(unknown("io.dcmix.streams.trace", "io.opentelemetry..").evaluate(STREAMS).hasViolation()).as("the traces do know it").isTrue();
    assertThat(unknown("io.dcmix.streams", "org.apache.kafka.streams..").evaluate(STREAMS).hasViolation()).isTrue();
    assertThat(unknown("io.dcmix.streams.wire", "io.apicurio..").evaluate(STREAMS).hasViolation()).as("the wire does know the registry").isTrue();
    assertThat(unknown("io.dcmix.streams.metrics", "io.micrometer..").evaluate(STREAMS).hasViolation()).as("the meters do know Micrometer").isTrue();
  }

  private static ArchRule unknown(String who, String... packages) {
    return noClasses().that().resideInAPackage(who + "..").should().dependOnClassesThat().resideInAnyPackage(packages);
  }
}
