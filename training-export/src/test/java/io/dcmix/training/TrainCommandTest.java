package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TrainCommandTest {
  @TempDir Path folder;

  @Test
  void joinsTheCommandLineByItself() {
    assertThat(ServiceLoader.load(CliCommand.class).stream().map(ServiceLoader.Provider::type)).contains(TrainCommand.class);
  }

  @Test
  void trainsOnTheControlsOfAnArchive() throws Exception {
    Path archive = archive(32, "negative", "positive");
    Path model = folder.resolve("model.onnx");
    Outcome outcome = run("--archive", archive.toString(), "--channels", "Actin,DNA", "--epochs", "1", "--steps", "2", "--batch", "4",
        "--name", "tiny", "--version", "3", "--out", model.toString());
    assertThat(outcome.exit()).as(outcome.error()).isZero();
    try (DcmixModel loaded = DcmixModel.load(model, DevicePolicy.CPU)) {
      assertThat(loaded.card().name()).isEqualTo("tiny");
      assertThat(loaded.card().version()).isEqualTo("3");
      assertThat(loaded.card().channels()).containsExactly("Actin", "DNA");
      assertThat(loaded.card().classes()).containsExactly("negative", "positive");
      assertThat(loaded.card().hitClass()).isEqualTo("positive");
      assertThat(loaded.card().provenance()).containsEntry("wells", "all controls").containsEntry("seed", "1");
    }
  }

  @Test
  void learnsTreatmentsAndHoldsBackWhatIsNamed() throws Exception {
    Path one = archive(32, "negative", "positive");
    Path two = archive(32, "negative", "positive");
    for (Path archive : List.of(one, two)) {
      Files.writeString(archive.resolve("map.csv"), Files.readString(archive.resolve("map.csv"))
          .replace("well,role", "well,role,treatment").replace(",positive", ",positive,taxol").replace(",negative", ",negative,DMSO").replace(",sample", ",sample,"));
      Files.writeString(archive.resolve("dcmix-archive.properties"), Files.readString(archive.resolve("dcmix-archive.properties"))
          + "plate = " + (archive.equals(one) ? "E1-a" : "E2-b") + "\nplateMap.treatment = treatment\n");
    }
    String[] common = {"--archive", one.toString(), "--archive", two.toString(), "--epochs", "1", "--steps", "2", "--batch", "4",
        "--label-by", "treatment", "--hit-class", "taxol", "--balance", "weights", "--sparsity", "0.1", "--loss", "margin", "--no-report"};
    // Each plate has 16 labelled wells: columns 1, 2, 5, 6 and four rows; C04 has images too and is a positive control.
    assertThat(heldBack(common, "--hold-out-by", "plate", "--hold-out", "0.5")).isEqualTo(17);
    assertThat(heldBack(common, "--hold-out-by", "experiment", "--hold-out", "0.5")).isEqualTo(17);
    assertThat(heldBack(common, "--hold-out-plates", "E2-b")).isEqualTo(17);
    assertThat(heldBack(common, "--hold-out-wells", "D")).isEqualTo(8);
    assertThat(heldBack(common, "--hold-out", "0")).isZero();
    try (DcmixModel loaded = DcmixModel.load(folder.resolve("held.onnx"), DevicePolicy.CPU)) {
      assertThat(loaded.card().classes()).containsExactly("DMSO", "taxol");
      assertThat(loaded.card().hitClass()).isEqualTo("taxol");
      assertThat(loaded.card().provenance()).containsEntry("data", "treatments of plates E1-a, E2-b");
    }
    assertFails("there are only [E1-a, E2-b]", with(common, "--hold-out-plates", "E3", "--out", folder.resolve("x.onnx").toString()));
    assertFails("does not fit --experiment", with(common, "--hold-out-by", "experiment", "--experiment", "(X).*", "--out",
        folder.resolve("x.onnx").toString()));
  }

  @Test
  void learnsFromAllPlatesOfAFolderThatHasALayoutOfItsOwn() throws Exception {
    Path screen = Files.createTempDirectory(folder, "screen");
    StringBuilder table = new StringBuilder("FileName_DNA,PathName_DNA,FileName_Actin,PathName_Actin,Metadata_Plate,Metadata_Well,Metadata_Site\n");
    StringBuilder map = new StringBuilder("plate,well,role\n");
    for (String plate : List.of("P1", "P2")) {
      Path images = archive(32, "negative", "positive");
      Files.move(images, screen.resolve(plate));
      try (Stream<Path> dna = Files.list(screen.resolve(plate)).filter(file -> file.toString().endsWith("_DNA.png")).sorted()) {
        dna.map(file -> file.getFileName().toString().substring(0, 3)).forEach(well ->
            table.append("%2$s_DNA.png,%1$s,%2$s_Actin.png,%1$s,%1$s,%2$s,1\n".formatted(plate, well)));
      }
      Files.readAllLines(screen.resolve(plate).resolve("map.csv")).stream().skip(1).forEach(line -> map.append(plate).append(',').append(line).append('\n'));
      Files.delete(screen.resolve(plate).resolve("dcmix-archive.properties"));
      Files.delete(screen.resolve(plate).resolve("map.csv"));
    }
    Files.writeString(screen.resolve("load_data.csv"), table);
    Path plateMap = Files.writeString(folder.resolve("plates.csv"), map);
    String[] common = {"--archive", screen.toString(), "--plate-map", plateMap.toString(), "--epochs", "1", "--steps", "2", "--batch", "4", "--no-report"};
    assertThat(heldBack(common, "--hold-out-plates", "P2")).isEqualTo(17);
    try (DcmixModel loaded = DcmixModel.load(folder.resolve("held.onnx"), DevicePolicy.CPU)) {
      assertThat(loaded.card().provenance()).containsEntry("data", "controls of plates P1, P2");
    }
    assertThat(heldBack(common, "--plates", "P2", "--hold-out-wells", "D")).isEqualTo(4);
    try (DcmixModel loaded = DcmixModel.load(folder.resolve("held.onnx"), DevicePolicy.CPU)) {
      assertThat(loaded.card().provenance()).containsEntry("data", "controls of plate P2");
    }
    assertFails("--plates [P3]: there are only [P1, P2]", with(common, "--plates", "P3", "--out", folder.resolve("x.onnx").toString()));
    assertFails("Plate P1 has no plate map", "--archive", screen.toString(), "--out", folder.resolve("x.onnx").toString());
  }

  /** Number of sites that the command says it holds back. */
  private int heldBack(String[] common, String... more) {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      Outcome outcome = run(with(with(common, more), "--out", folder.resolve("held.onnx").toString()));
      assertThat(outcome.exit()).as(outcome.error()).isZero();
    } finally {
      System.setOut(before);
    }
    Matcher m = Pattern.compile("; (\\d+) sites are held back").matcher(said.toString(StandardCharsets.UTF_8));
    assertThat(m.find()).isTrue();
    return Integer.parseInt(m.group(1));
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--out OUT                              | Name either --archive DIR or --simulate N",
      "--archive . --simulate 1 --out OUT     | Name either --archive DIR or --simulate N",
      "--simulate 0 --out OUT                 | --simulate takes 1 to 100 plates",
      "--simulate 1 --spec x --out OUT        | --spec, --layout, --plates and --plate-map go with --archive",
      "--simulate 1 --epochs 0 --out OUT      | --epochs, --steps and --threads must be 1 or more",
      "--simulate 1 --effect 2 --out OUT      | --effect must be 0 to 1",
      "--simulate 1 --report r.json --out OUT | --report names the page, such as report.html",
      "--simulate 1 --no-report --report r.html --out OUT | Use either --report or --no-report",
      "--simulate 1                           | Missing required option: '--out=FILE'",
      "--simulate 1 --speed 3 --out OUT       | Unknown option",
  })
  void wrongUsageExitsWithTwoAndSaysWhatIsWrong(String arguments, String message) {
    Outcome outcome = run(arguments.strip().replace("OUT", folder.resolve("m.onnx").toString()).split(" +"));
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.error()).contains(message);
  }

  @Test
  void whatTheUserCanMendIsOneLineAndExitsWithOne() throws Exception {
    String out = folder.resolve("m.onnx").toString();
    assertFails("its folder is not there", "--simulate", "1", "--out", folder.resolve("none/m.onnx").toString());
    assertFails("The report cannot be written to", "--simulate", "1", "--out", out, "--report", folder.resolve("none/r.html").toString());
    assertFails("neither rows such as A-D", "--simulate", "1", "--rows", "D-A", "--out", out);
    assertFails("No labelled well", "--simulate", "1", "--rows", "B05", "--out", out);
    assertFails("is not a folder", "--archive", folder.resolve("none").toString(), "--out", out);
    Path archive = archive(32, "negative", "positive");
    assertFails("has no channel [Golgi]; it has [DNA, Actin]", "--archive", archive.toString(), "--channels", "Golgi", "--out", out);
    Path dark = archive(32, "negative", "positive");
    try (var files = Files.newDirectoryStream(dark, "*_Actin.png")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    assertFails("has no image of channel [Actin] in any well to learn from", "--archive", dark.toString(), "--out", out);
    assertFails("No well of class 'positive'", "--archive", archive(32, "negative", "sample").toString(), "--out", out);
    assertFails("No labelled well", "--archive", archive(32, "sample", "empty").toString(), "--out", out);
    Path sizes = archive(32, "negative", "positive");
    plane(sizes, 48, WellAddress.parse("C04"), "DNA");
    assertFails("train on images of one size and type", "--archive", sizes.toString(), "--out", out);
    assertThat(Path.of(out)).doesNotExist();
  }

  private void assertFails(String message, String... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.exit()).as(outcome.error()).isEqualTo(1);
    assertThat(outcome.error().strip()).contains(message).doesNotContain("\tat ");
  }

  /** A 24-well plate with the first columns for one role and the last ones for another. */
  private Path archive(int size, String left, String right) throws IOException {
    Path archive = Files.createTempDirectory(folder, "archive");
    StringBuilder map = new StringBuilder("well,role\n");
    for (WellAddress well : PlateFormat.WELLS_24.wells()) {
      map.append(well).append(',').append(well.column() < 2 ? left : well.column() >= 4 ? right : "sample").append('\n');
      if (well.column() < 2 || well.column() >= 4 || well.equals(WellAddress.parse("C04"))) {
        for (String channel : List.of("DNA", "Actin")) {
          plane(archive, size, well, channel);
        }
      }
    }
    if (left.equals("negative") && right.equals("positive")) {
      map = new StringBuilder(map.toString().replace("C04,sample", "C04,positive"));
    }
    Files.writeString(archive.resolve("map.csv"), map);
    Files.writeString(archive.resolve("dcmix-archive.properties"), """
        pattern = (?<well>[A-D]\\d\\d)_(?<channel>\\w+)\\.png
        channels = DNA=DNA,Actin=Actin
        plateMap = map.csv
        """);
    return archive;
  }

  private static void plane(Path archive, int size, WellAddress well, String channel) throws IOException {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(3)
        .withFormat(PlateFormat.WELLS_24).withImage(new PlaneFormat(size, size, PixelType.UINT8, Encoding.PNG)));
    ByteBuffer payload = plate.read(new PlaneId(well, 1, channel, 0, 0)).payload();
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    Files.write(archive.resolve(well + "_" + channel + ".png"), bytes);
  }

  private record Outcome(int exit, String error) {}

  private static Outcome run(String... arguments) {
    StringWriter error = new StringWriter();
    int exit = new CommandLine(new TrainCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setErr(new PrintWriter(error, true))
        .setExecutionExceptionHandler((e, line, parsed) -> {
          if (e instanceof CliException) {
            line.getErr().println(e.getMessage());
            return 1;
          }
          throw e;
        })
        .execute(arguments);
    return new Outcome(exit, error.toString());
  }
}
