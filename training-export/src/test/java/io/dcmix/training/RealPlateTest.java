package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A short training on a real plate; the README's command trains longer. */
class RealPlateTest {
  @TempDir Path folder;

  @Test
  void learnsFromRowsAToDWhatHoldsInRowsEToH() throws Exception {
    Path images = data("bbbc013").resolve("ExampleSBSImages");
    Path spec = Path.of("../docs/examples/bbbc013.properties");
    Path file = folder.resolve("bbbc013.onnx");
    int exit = new CommandLine(new TrainCommand()).setCaseInsensitiveEnumValuesAllowed(true).execute(
        "--archive", images.toString(), "--spec", spec.toString(), "--rows", "A-D", "--image-size", "320", "--crop", "80",
        "--epochs", "12", "--out", file.toString());
    assertThat(exit).isZero();

    OpenedArchive opened = Archives.one(images, Archives.Reading.by(spec));
    List<WellAddress> wrong = new ArrayList<>();
    int controls = 0;
    int hits = 0;
    double[] importance = new double[2];
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      assertThat(model.card().channels()).containsExactly("GFP", "DNA");
      for (WellAddress well : Objects.requireNonNull(opened.map()).wells().keySet()) {
        SiteScore score = model.score(pixels(opened, well, model), true);
        boolean hit = HitMargin.of(score.logits(), model.card().hitIndex()) > 0;
        WellRole role = opened.map().wells().get(well).role();
        if (well.row() >= 4 && role != WellRole.SAMPLE) {
          controls++;
          if (hit != (role == WellRole.POSITIVE_CONTROL)) {
            wrong.add(well);
          }
        }
        if (hit) {
          hits++;
          importance[0] += score.importance()[0];
          importance[1] += score.importance()[1];
        }
      }
      assertThat(model.card().weights().get(0)).isGreaterThan(model.card().weights().get(1));
    }
    assertThat(controls).isEqualTo(12);
    assertThat(wrong).isEmpty();
    assertThat(importance[0] / hits).isGreaterThan(importance[1] / hits);
  }

  private static ByteBuffer pixels(OpenedArchive opened, WellAddress well, DcmixModel model) throws Exception {
    ByteBuffer pixels = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    for (String channel : model.card().channels()) {
      ArchivePlane plane = opened.archive().read(new PlaneId(well, 1, channel, 0, 0));
      PlaneDecoder.decode(plane.format(), plane.payload(), pixels);
    }
    return pixels.flip();
  }

  /** A folder of the real data, below {@code DCMIX_DATA} or below {@code shared/data} of or beside an ancestor. */
  private static Path data(String name) {
    String given = System.getProperty("DCMIX_DATA", System.getenv().getOrDefault("DCMIX_DATA", ""));
    if (!given.isEmpty()) {
      Path folder = Path.of(given).resolve(name);
      return Files.isDirectory(folder) ? folder : abort("Real data are absent: no folder " + folder);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/data").resolve(name))) {
        return at.resolve("shared/data").resolve(name);
      }
    }
    return abort("Real data are absent: no folder shared/data/" + name + " above " + Path.of("").toAbsolutePath());
  }
}
