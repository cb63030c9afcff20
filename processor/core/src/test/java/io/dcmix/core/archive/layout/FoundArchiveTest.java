package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundArchiveTest {
  @TempDir Path folder;

  @Test
  void shouldListAllLayoutsWhereNoneFits() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "nothing");
    assertThatThrownBy(() -> FoundArchive.open(folder, null, ArchiveOptions.NONE)).isInstanceOf(ArchiveException.class)
        .satisfies(e -> ArchiveLayouts.all().forEach(layout -> assertThat(e).hasMessageContaining(layout.name())));
  }

  @Test
  void shouldRefuseAChoiceThatTheLayoutDoesNotKnow() {
    for (ArchiveLayout layout : ArchiveLayouts.all()) {
      ArchiveOptions mistyped = new ArchiveOptions(null, null, null, Map.of(), Map.of("sitez", "ranked"));
      assertThatThrownBy(() -> FoundArchive.open(folder, layout.name(), mistyped)).as(layout.name()).isInstanceOf(ArchiveException.class)
          .hasMessageContaining("has no choice [sitez]").hasMessageContaining(layout.name());
    }
  }

  @Test
  void shouldKnowEveryChoiceThatTheGuideOffers() throws IOException {
    List<String> known = new ArrayList<>();
    ArchiveLayouts.all().forEach(layout -> known.addAll(layout.choices()));
    Matcher offered = Pattern.compile("--choice (\\w+)=").matcher(Files.readString(guide()));
    List<String> names = offered.results().map(match -> match.group(1)).filter(name -> !name.equals("name") && !name.equals("NAME")).toList();
    assertThat(names).isNotEmpty().isSubsetOf(known);
  }

  private static Path guide() {
    for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
      Path guide = above.resolve("docs/archives.md");
      if (Files.exists(guide)) {
        return guide;
      }
    }
    throw new AssertionError("docs/archives.md is in no folder above " + Path.of("").toAbsolutePath());
  }
}
