package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.streams.well.DeadLetterReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/faults.md tells operators of everything that can be said to them. */
class FaultsGuideTest {
  @Test
  void everyFlagReasonAndDeadLetterIsExplainedInItsTable() throws IOException {
    String guide = Files.readString(guide());
    assertThat(missing(section(guide, "## Flags of a prediction"), WellFlag.values())).as("flags").isEmpty();
    assertThat(missing(section(guide, "## Reasons of a failure"), FailureReason.values())).as("reasons of failures").isEmpty();
    assertThat(missing(section(guide, "## Reasons of a dead letter"), DeadLetterReason.values())).as("reasons of dead letters").isEmpty();
  }

  @Test
  void everyFaultHasItsRow() throws IOException {
    String faults = section(Files.readString(guide()), "## What instruments do");
    List<String> numbers = faults.lines().filter(line -> line.matches("\\| \\d+ \\|.*")).map(line -> line.split("\\|", -1)[1].strip()).toList();
    assertThat(numbers).containsExactlyElementsOf(IntStream.rangeClosed(1, 29).mapToObj(String::valueOf).toList());
  }

  /** The constants that begin no row of a section's table. */
  private static List<String> missing(String section, Enum<?>[] constants) {
    List<String> named = new ArrayList<>();
    section.lines().filter(line -> line.startsWith("| `")).forEach(line -> Arrays.stream(line.split("\\|", -1)[1].split(",", -1))
        .forEach(name -> named.add(name.strip().replace("`", ""))));
    return Arrays.stream(constants).map(Enum::name).filter(name -> !named.contains(name)).toList();
  }

  private static String section(String guide, String heading) {
    int from = guide.indexOf(heading);
    assertThat(from).as(heading).isNotNegative();
    int to = guide.indexOf("\n## ", from + 1);
    return guide.substring(from, to < 0 ? guide.length() : to);
  }

  private static Path guide() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path guide = folder.resolve("docs/faults.md");
      if (Files.exists(guide)) {
        return guide;
      }
    }
    throw new AssertionError("docs/faults.md is in no folder above " + Path.of("").toAbsolutePath());
  }
}
