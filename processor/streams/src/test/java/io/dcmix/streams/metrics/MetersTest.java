package io.dcmix.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetersTest {
  private static final Set<String> UNITS = Set.of("bytes", "seconds", "records");

  @ParameterizedTest
  @EnumSource(Meters.class)
  void followPrometheusConventions(Meters meter) {
    assertThat(meter.prometheusName()).matches("dcmix(_[a-z]+)+");
    assertThat(meter.prometheusName().endsWith("_total")).isEqualTo(meter.kind() == Meters.Kind.COUNTER);
    assertThat(meter.description()).matches("(?s).{15,}\\.");
    if (meter.unit() != null) {
      assertThat(UNITS).contains(meter.unit());
    }
    assertThat(meter.kind() != Meters.Kind.TIMER || "seconds".equals(meter.unit())).isTrue();
    assertThat(List.of("device", "model", "version", "scope", "reason", "defect", "flag", "kind", "status", "verdict"))
        .as("labels with few values").containsAll(meter.labels());
  }

  @Test
  void haveDifferentNames() {
    assertThat(Arrays.stream(Meters.values()).map(Meters::prometheusName)).doesNotHaveDuplicates();
  }

  @Test
  void standInTheGuideAsTheyAre() throws IOException {
    Path guide = guide();
    assertThat(Files.readString(guide)).as("the table of %s; write this into it:%n%s", guide, Meters.table()).contains(Meters.table());
  }

  private static Path guide() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path guide = folder.resolve("docs/metrics.md");
      if (Files.exists(guide)) {
        return guide;
      }
    }
    throw new AssertionError("docs/metrics.md is in no folder above " + Path.of("").toAbsolutePath());
  }
}
