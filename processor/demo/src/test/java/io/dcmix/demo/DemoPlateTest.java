package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which plate a demo takes. */
class DemoPlateTest {
  @TempDir Path folder;

  @Command
  private static final class Options {
    @Mixin private ArchiveOptionsMixin how = new ArchiveOptionsMixin();
  }

  private static ArchiveOptionsMixin options(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.how;
  }

  @BeforeEach
  void twoPlatesOfOneTable() throws IOException {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(1));
    ByteBuffer png = plate.read(plate.planes().getFirst()).payload();
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    Files.write(folder.resolve("a.png"), bytes);
    Files.write(folder.resolve("b.png"), bytes);
    Files.writeString(folder.resolve("load_data.csv"),
        "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site\na.png,.,P1,A01,1\nb.png,.,P2,B03,1\n");
  }

  @Test
  void shouldReadAFolderByItsLayoutAndTakeThePlateThatIsNamed() {
    DemoPlate plate = DemoPlate.open(folder, options("--plate", "P2", "--channel", "DNA=Nuclei"), null, null, 0);
    assertThat(plate.archive().key()).hasToString("P2/1");
    assertThat(plate.archive().planes()).extracting(PlaneId::toString).containsExactly("B03 site 1 channel Nuclei");
    assertThat(plate.map()).isNull();
    assertThat(plate.warnings()).anyMatch(warning -> warning.contains("no plate map"));
  }

  @Test
  void shouldNameThePlatesIfThereAreSeveral() {
    assertThatThrownBy(() -> DemoPlate.open(folder, options(), null, null, 0))
        .isInstanceOf(CliException.class).hasMessageContainingAll("holds 2 plates", "P1/1", "P2/1", "--plate");
    assertThatThrownBy(() -> DemoPlate.open(folder, options("--plate", "P1", "--channel", "ER=Nuclei"), null, null, 0))
        .isInstanceOf(CliException.class).hasMessageContaining("has no channel 'ER'");
  }

  @Test
  void shouldWantAnArchiveForWhatIsSaidOfOne() {
    for (String[] said : List.of(new String[] {"--plate", "P1"}, new String[] {"--layout", "harmony"}, new String[] {"--spec", "x"})) {
      assertThatThrownBy(() -> DemoPlate.open(null, options(said), null, null, 0)).isInstanceOf(CliException.class).hasMessageContaining("add --archive DIR");
    }
  }
}
