package io.dcmix.training.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.ExplainCommand;
import io.dcmix.training.RealData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExplainCommandTest {
  private static final Path DEMO = Path.of("../processor/demo/src/main/resources/models/demo-dcmix.onnx");
  private static final SimulatedPlate PLATE = SimulatedPlate.of(SimulationSpec.demo(42).withFormat(PlateFormat.WELLS_96));
  private static final WellAddress HIT = PLATE.plantedHits().iterator().next();
  private static final WellAddress NEGATIVE = WellAddress.parse("A01");

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void image() throws IOException {
    SimulatedFolder.write(shared, PLATE, List.of(HIT, NEGATIVE));
  }

  @Test
  void joinsTheCommandLineByItself() {
    assertThat(ServiceLoader.load(CliCommand.class).stream().map(ServiceLoader.Provider::type)).contains(ExplainCommand.class);
  }

  @Test
  void showsWhatAPlantedHitRestsOn() {
    Outcome outcome = run("--model", DEMO.toString(), "--archive", shared.toString(), "--well", HIT.toString().toLowerCase(Locale.ROOT));
    assertThat(outcome.exit()).as(outcome.error()).isZero();
    assertThat(outcome.output())
        .contains("Well " + HIT + " of plate SIM-42, acquisition 1: sample, CPD-", ", 10 uM", "mean over 2 sites (1, 2)")
        .contains("Predicted  positive", "Sum of the Shapley values ");
    List<String> rows = outcome.output().lines().filter(l -> PLATE.channels().contains(l.split(" +", 2)[0])).toList();
    assertThat(rows.stream().map(r -> r.split(" +", 2)[0])).containsExactlyElementsOf(PLATE.channels());
    // The planted channels have the long bars.
    assertThat(rows.stream().filter(r -> r.endsWith("████") || r.endsWith("████▌") || r.endsWith("####")).map(r -> r.split(" +", 2)[0]))
        .containsExactlyInAnyOrderElementsOf(PLATE.plantedChannels());
    assertThat(outcome.error()).isEmpty();
  }

  @Test
  void itsNumbersAreTheMeansOverTheSitesAndTheAverageOverAllOrdersOfAdding() throws Exception {
    JsonNode json = json("--model", DEMO.toString(), "--archive", shared.toString(), "--well", HIT.toString(), "--json");
    try (DcmixModel model = DcmixModel.load(DEMO, DevicePolicy.CPU)) {
      int channels = model.card().channels().size();
      double[] shapley = new double[channels];
      double[] leaveOneOut = new double[channels];
      double margin = 0;
      for (int site = 1; site <= 2; site++) {
        ByteBuffer pixels = pixels(model, site);
        var score = model.score(pixels, true);
        margin += HitMargin.of(score.logits(), model.card().hitIndex()) / 2;
        double[] lost = Objects.requireNonNull(score.importance());
        double[] margins = model.margins(pixels, allSubsets(channels));
        double[] sums = new double[channels];
        long orders = walk(new ArrayList<>(), channels, margins, sums);
        for (int c = 0; c < channels; c++) {
          leaveOneOut[c] += lost[c] / 2;
          shapley[c] += sums[c] / orders / 2;
        }
      }
      assertThat(json.get("margin").doubleValue()).isCloseTo(margin, within(1e-9));
      assertThat(numbers(json, "shapley")).containsExactly(shapley, within(1e-3));
      assertThat(numbers(json, "leaveOneOut")).containsExactly(leaveOneOut, within(1e-9));
      assertThat(numbers(json, "weight")).containsExactly(
          model.card().normalisedWeights().stream().mapToDouble(w -> w).toArray(), within(1e-12));
      assertThat(Arrays.stream(numbers(json, "contribution")).sum()).isCloseTo(1, within(1e-5));
    }
    JsonNode whole = json.get("shapley");
    assertThat(whole.get("sum").doubleValue())
        .isCloseTo(whole.get("marginAll").doubleValue() - whole.get("marginNone").doubleValue(), within(1e-9));
    assertThat(json.get("predictedClass").textValue()).isEqualTo("positive");
    assertThat(json.get("role").textValue()).isEqualTo("sample");
    assertThat(json.get("concentration").doubleValue()).isEqualTo(10);
    assertThat(json.get("sites").size()).isEqualTo(2);
  }

  @Test
  void leaveOneOutOfOneSiteHasNoShapleyValues() throws Exception {
    String[] arguments = {"--model", DEMO.toString(), "--archive", shared.toString(), "--well", "A01", "--site", "2", "--method", "leave-one-out"};
    Outcome outcome = run(arguments);
    assertThat(outcome.output()).contains("negative control, DMSO", "mean over 1 site (2)", "Predicted  negative").doesNotContain("Shapley");
    JsonNode json = json(Stream.concat(Arrays.stream(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(json.has("shapley")).isFalse();
    assertThat(json.get("channels").get(0).has("shapley")).isFalse();
    assertThat(json.get("sites").get(0).intValue()).isEqualTo(2);
  }

  @Test
  void twelveChannelsAreExactAndMatchedByNameWhateverTheirOrderOnDisk() throws Exception {
    List<String> channels = IntStream.range(0, 12).mapToObj(c -> "c" + c).toList();
    Path model = AdditiveModel.write(folder.resolve("m.onnx"), channels, 16, 16);
    // Channel c is 2·c everywhere, so its term is (c + 1)·(2c − 10)/4.
    flatArchive(channels, 16, PixelType.UINT8);
    JsonNode json = json("--model", model.toString(), "--archive", folder.toString(), "--well", "B02", "--json");
    double[] terms = IntStream.range(0, 12).mapToDouble(c -> (c + 1) * (2 * c - 10) / 4.0).toArray();
    assertThat(numbers(json, "shapley")).containsExactly(terms, within(1e-4));
    assertThat(numbers(json, "leaveOneOut")).containsExactly(terms, within(1e-4));
    assertThat(json.get("margin").doubleValue()).isCloseTo(Arrays.stream(terms).sum(), within(1e-4));
    assertThat(json.has("role")).isFalse();
  }

  @Test
  void thirteenChannelsAreRefusedForShapleyAndServedByLeaveOneOut() throws Exception {
    List<String> channels = IntStream.range(0, 13).mapToObj(c -> "c" + c).toList();
    Path model = AdditiveModel.write(folder.resolve("m.onnx"), channels, 16, 16);
    flatArchive(channels, 16, PixelType.UINT8);
    assertFails("has 13 channels", "--model", model.toString(), "--archive", folder.toString(), "--well", "B02");
    assertFails("Use --method leave-one-out, which takes 14 passes", "--model", model.toString(), "--archive", folder.toString(), "--well", "B02");
    Outcome outcome = run("--model", model.toString(), "--archive", folder.toString(), "--well", "B02", "--method", "leave-one-out");
    assertThat(outcome.exit()).as(outcome.error()).isZero();
    assertThat(outcome.output()).contains("not on the plate map", "c12");
  }

  @Test
  void whatTheUserCanMendIsOneLineAndExitsWithOne() throws Exception {
    String demo = DEMO.toString();
    String plate = shared.toString();
    assertFails("has no images of well H12; choose one of the 2 imaged wells from A01 to " + HIT, "--model", demo, "--archive", plate, "--well", "H12");
    assertFails("A01 has no site 7; it has [1, 2]", "--model", demo, "--archive", plate, "--well", "A01", "--site", "7");
    assertFails("at timepoint 3; choose one of [0]", "--model", demo, "--archive", plate, "--well", "A01", "--timepoint", "3");
    assertFails("there is no such model file", "--model", "none.onnx", "--archive", plate, "--well", "A01");
    assertFails("is not a folder", "--model", demo, "--archive", folder.resolve("none").toString(), "--well", "A01");

    SimulatedFolder.write(folder, PLATE, List.of(NEGATIVE));
    Path er = folder.resolve(SimulatedFolder.file(NEGATIVE, 2, "ER"));
    byte[] png = Files.readAllBytes(er);
    Files.write(er, Arrays.copyOf(png, png.length - 40));
    assertFails("SIM-42 well A01 site 2 channel ER (A01_s2_ER.png) cannot be decoded", "--model", demo, "--archive", folder.toString(), "--well", "A01");
    Files.write(er, plane(64, PixelType.UINT8, 3));
    assertFails("(A01_s2_ER.png) is 64 x 64 uint8; the model demo takes 128 x 128 uint8", "--model", demo, "--archive", folder.toString(), "--well", "A01");
    Files.write(er, plane(128, PixelType.UINT16, 3));
    assertFails("is 128 x 128 uint16; the model demo takes 128 x 128 uint8", "--model", demo, "--archive", folder.toString(), "--well", "A01");
    Files.writeString(er, "no image at all");
    assertFails("site 2 has no image of channel ER (file A01_s2_ER.png cannot be used", "--model", demo, "--archive", folder.toString(), "--well", "A01");
    Files.delete(er);
    assertFails("explain the other sites with --site", "--model", demo, "--archive", folder.toString(), "--well", "A01");
    assertThat(run("--model", demo, "--archive", folder.toString(), "--well", "A01", "--site", "1").exit()).isZero();
    Files.delete(folder.resolve(SimulatedFolder.file(NEGATIVE, 1, "ER")));
    assertFails("the archive has no ER, it has [AGP, Actin, DNA, Mito, RNA]", "--model", demo, "--archive", folder.toString(), "--well", "A01");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "--well Q99                | 'Q99' is beyond AF48",
      "--well 12                 | '12' is not a well address such as B02",
      "--well A01 --method shap  | 'shap' is none of [shapley, leave-one-out]",
      "--site 1                  | Missing required option: '--well=WELL'",
  })
  void wrongUsageExitsWithTwo(String arguments, String message) {
    Outcome outcome = run(("--model m --archive a " + arguments.strip()).split(" +"));
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.error()).contains(message);
  }

  @Test
  void explainsAWellOfWhateverLayoutAndOfThePlateThatIsChosen() throws Exception {
    Path screen = Files.createDirectory(folder.resolve("screen"));
    SimulatedFolder.write(Files.createDirectory(screen.resolve("P1")), PLATE, List.of(HIT));
    SimulatedFolder.write(Files.createDirectory(screen.resolve("P2")), PLATE, List.of(NEGATIVE));
    StringBuilder table = new StringBuilder();
    // The archive calls the first channel by another name than the model.
    PLATE.channels().forEach(c -> table.append("FileName_%1$s,PathName_%1$s,".formatted(c.equals(PLATE.channels().getFirst()) ? "first" : c)));
    table.append("Metadata_Plate,Metadata_Well,Metadata_Site\n");
    for (String plate : List.of("P1", "P2")) {
      for (int site = 1; site <= PLATE.spec().sites(); site++) {
        for (String channel : PLATE.channels()) {
          table.append(SimulatedFolder.file(plate.equals("P1") ? HIT : NEGATIVE, site, channel)).append(',').append(plate).append(',');
        }
        table.append("%s,%s,%d\n".formatted(plate, plate.equals("P1") ? HIT : NEGATIVE, site));
      }
    }
    Files.writeString(screen.resolve("load_data.csv"), table);
    String[] common = {"--model", DEMO.toString(), "--archive", screen.toString(), "--well", HIT.toString(), "--json"};
    assertThat(run(common).error()).contains("holds 2 plates", "P1/1", "P2/1", "--plate");
    String renamed = "first=" + PLATE.channels().getFirst();
    assertThat(run(with(common, "--plate", "P1")).error()).contains("has no " + PLATE.channels().getFirst(), "--channel");
    JsonNode found = json(with(common, "--plate", "P1", "--channel", renamed));
    JsonNode described = json("--model", DEMO.toString(), "--archive", shared.toString(), "--well", HIT.toString(), "--json");
    assertThat(found.get("plate").textValue()).isEqualTo("P1");
    assertThat(numbers(found, "shapley")).isEqualTo(numbers(described, "shapley"));
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void barsAreSignedAndScaled() {
    assertThat(ExplanationText.bar(4, 4, true)).isEqualTo(" ".repeat(12) + "│" + "█".repeat(12));
    assertThat(ExplanationText.bar(-2, 4, true)).isEqualTo(" ".repeat(6) + "█".repeat(6) + "│");
    assertThat(ExplanationText.bar(0.5, 4, true)).isEqualTo(" ".repeat(12) + "│█▌");
    assertThat(ExplanationText.bar(-0.5, 4, true)).isEqualTo(" ".repeat(10) + "▐█│");
    assertThat(ExplanationText.bar(-4, 4, false)).isEqualTo("#".repeat(12) + "|");
    assertThat(ExplanationText.bar(0, 0, true)).isEqualTo(" ".repeat(12) + "│");
  }

  @Test
  void readsARealPlate() throws Exception {
    Path images = RealData.folder("bbbc013").resolve("ExampleSBSImages");
    Path spec = Path.of("../docs/examples/bbbc013.properties");
    Path model = AdditiveModel.write(folder.resolve("m.onnx"), List.of("DNA", "GFP"), 640, 640);
    JsonNode json = json("--model", model.toString(), "--archive", images.toString(), "--spec", spec.toString(), "--well", "B12", "--json");
    assertThat(json.get("role").textValue()).isEqualTo("positive_control");
    var archive = Archives.one(images, Archives.Reading.by(spec)).archive();
    double[] expected = new double[2];
    for (int c = 0; c < 2; c++) {
      ArchivePlane plane = archive.read(new PlaneId(WellAddress.parse("B12"), 1, List.of("DNA", "GFP").get(c), 0, 0));
      byte[] decoded = new byte[640 * 640];
      PlaneDecoder.decode(plane.format(), plane.payload(), ByteBuffer.wrap(decoded));
      double mean = IntStream.range(0, decoded.length).map(i -> decoded[i] & 0xFF).average().orElseThrow();
      expected[c] = (c + 1) * (mean - AdditiveModel.MEAN) / AdditiveModel.SD;
    }
    assertThat(numbers(json, "shapley")).containsExactly(expected, within(1e-3));
  }

  private ByteBuffer pixels(DcmixModel model, int site) throws IOException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    for (String channel : model.card().channels()) {
      pixels.put(PLATE.pixels(new PlaneId(HIT, site, channel, 0, 0)));
    }
    return pixels.flip();
  }

  private static float[][] allSubsets(int channels) {
    float[][] masks = new float[1 << channels][channels];
    for (int s = 0; s < masks.length; s++) {
      for (int c = 0; c < channels; c++) {
        masks[s][c] = (s & 1 << c) != 0 ? 1 : 0;
      }
    }
    return masks;
  }

  /** Adds what each channel gains in every order that starts like this; returns the number of orders. */
  private static long walk(List<Integer> order, int channels, double[] margins, double[] sums) {
    if (order.size() == channels) {
      int present = 0;
      for (int c : order) {
        sums[c] += margins[present | 1 << c] - margins[present];
        present |= 1 << c;
      }
      return 1;
    }
    long orders = 0;
    for (int c = 0; c < channels; c++) {
      if (!order.contains(c)) {
        order.add(c);
        orders += walk(order, channels, margins, sums);
        order.removeLast();
      }
    }
    return orders;
  }

  private void flatArchive(List<String> channels, int size, PixelType type) throws IOException {
    for (int c = 0; c < channels.size(); c++) {
      Files.write(folder.resolve("B02_" + channels.get(c) + ".png"), plane(size, type, 2 * c));
    }
    Files.writeString(folder.resolve("dcmix-archive.properties"), "pattern = (?<well>[A-P]\\d\\d)_(?<channel>\\w+)\\.png\n");
  }

  private static byte[] plane(int size, PixelType type, int value) {
    PlaneFormat format = new PlaneFormat(size, size, type, Encoding.PNG);
    ByteBuffer pixels = ByteBuffer.allocate((int) format.decodedBytes());
    Arrays.fill(pixels.array(), (byte) value);
    return PlaneEncoder.encode(format, pixels, 1).array();
  }

  private static double[] numbers(JsonNode json, String field) {
    return IntStream.range(0, json.get("channels").size()).mapToDouble(c -> json.get("channels").get(c).get(field).doubleValue()).toArray();
  }

  private static JsonNode json(String... arguments) throws IOException {
    Outcome outcome = run(arguments);
    assertThat(outcome.exit()).as(outcome.error()).isZero();
    return new ObjectMapper().readTree(outcome.output());
  }

  private static void assertFails(String message, String... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.exit()).as(outcome.output()).isEqualTo(1);
    assertThat(outcome.error().strip()).contains(message).doesNotContain("\n");
    assertThat(outcome.output()).isEmpty();
  }

  private record Outcome(int exit, String output, String error) {}

  private static Outcome run(String... arguments) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    StringWriter error = new StringWriter();
    PrintStream before = System.out;
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      int exit = new CommandLine(new ExplainCommand())
          .setErr(new PrintWriter(error, true))
          .setExecutionExceptionHandler((failure, line, parsed) -> {
            assertThat(failure).isInstanceOf(CliException.class);
            line.getErr().println(failure.getMessage());
            return 1;
          })
          .execute(arguments);
      return new Outcome(exit, output.toString(StandardCharsets.UTF_8), error.toString());
    } finally {
      System.setOut(before);
    }
  }
}
