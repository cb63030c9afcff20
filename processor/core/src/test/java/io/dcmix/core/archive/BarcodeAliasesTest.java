package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BarcodeAliasesTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("aliases.csv"), text);
  }

  @Test
  void aBarcodeIsReplacedAsAWholeAndNeverByLikeness() throws IOException {
    BarcodeAliases aliases = BarcodeAliases.read(file("\uFEFFalias;barcode\nBR0O117035;BR00117035\n\"260105_0815/unread\";BR00117036\n"));
    assertThat(aliases.of("BR0O117035")).isEqualTo("BR00117035");
    assertThat(aliases.of("260105_0815/unread")).isEqualTo("BR00117036");
    assertThat(aliases.of("br0o117035")).as("unknown, so as it is").isEqualTo("br0o117035");
    assertThat(aliases.of("BR0O117035x")).isEqualTo("BR0O117035x");
  }

  @Test
  void aPlateGoesByItsBarcodeAndIsOtherwiseTheSame() throws IOException {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(1));
    BarcodeAliases aliases = BarcodeAliases.read(file("alias,barcode\n" + plate.key().plate() + ",RIGHT\n"));
    PlateArchive renamed = aliases.apply(plate);
    assertThat(renamed.key()).isEqualTo(new PlateKey("RIGHT", plate.key().acquisition()));
    assertThat(renamed.planes()).isEqualTo(plate.planes());
    assertThat(renamed.channels()).isEqualTo(plate.channels());
    PlaneId first = plate.planes().getFirst();
    assertThat(renamed.read(first).payload()).isEqualTo(plate.read(first).payload());
    assertThat(BarcodeAliases.NONE.apply(plate)).isSameAs(plate);
  }

  @Test
  void everyBadLineIsNamed() throws IOException {
    Path wrong = file("alias,barcode\nA,B\nA,C\nD,\nE,A\nF\nA,B\n");
    assertThatThrownBy(() -> BarcodeAliases.read(wrong)).isInstanceOfSatisfying(ArchiveException.class,
        e -> assertThat(e.problems()).containsExactly(
            "line 3: alias A stands for B already, and now for C", "line 4: needs an alias and a barcode",
            "line 6: needs an alias and a barcode", "line 5: alias E stands for A, which is an alias itself: name its barcode"));
    Path swapped = file("barcode,alias\nA,B\n");
    assertThatThrownBy(() -> BarcodeAliases.read(swapped)).hasMessageContaining("line 1").hasMessageContaining("alias and barcode");
  }
}
