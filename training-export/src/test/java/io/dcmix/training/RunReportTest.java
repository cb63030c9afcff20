package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.core.images.Sha256;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.training.report.page.Pages;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The report of a short run on one simulated plate. */
class RunReportTest {
  private static final List<String> SHORT = List.of("--simulate", "1", "--rows", "A-D", "--epochs", "2", "--steps", "4", "--batch", "8", "--image-size", "64");

  @TempDir Path folder;

  @Test
  void pageAndJsonLieBesideTheModelAndSayTheSame() throws Exception {
    Path model = folder.resolve("model.onnx");
    String said = train(model);
    assertThat(said).contains("Wrote " + folder.resolve("model.report.html") + " and model.report.json");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
    String page = Files.readString(folder.resolve("model.report.html"));
    String text = Files.readString(folder.resolve("model.report.json"));
    JsonNode json = new ObjectMapper().readTree(text);

    // of the file
    assertThat(json.at("/model/sha256").textValue()).isEqualTo(Sha256.of(ByteBuffer.wrap(Files.readAllBytes(model))));
    assertThat(page).contains(json.at("/model/sha256").textValue());
    try (DcmixModel loaded = DcmixModel.load(model, DevicePolicy.CPU)) {
      assertThat(numbers(json.at("/model/weights"))).isEqualTo(loaded.card().weights());
    }
    // of the split: no well on both sides, and as many calls as wells
    Set<String> learnt = new HashSet<>();
    json.get("training").forEach(w -> learnt.add(w.get("well").textValue()));
    Set<String> held = new HashSet<>();
    json.get("heldBack").forEach(w -> held.add(w.get("well").textValue()));
    assertThat(learnt).isNotEmpty().doesNotContainAnyElementsOf(held);
    assertThat(numbers(json.at("/calls/confusion")).stream().mapToDouble(d -> d).sum()).isEqualTo(held.size());
    assertThat(json.at("/calls/of").textValue()).isEqualTo("held-back");
    // of the curves
    assertThat(json.get("history")).hasSize(2);
    assertThat(numbers(json.at("/history/1/shares")).stream().mapToDouble(d -> d).sum()).isCloseTo(1, within(1e-6));
    // of the recipe, in which nothing is of this machine
    assertThat(json.at("/recipe/steps").textValue()).isEqualTo("4");
    assertThat(json.at("/recipe/blend").textValue()).isEqualTo("softplus");
    assertThat(page + text).doesNotContain(folder.toString()).doesNotContain(System.getProperty("user.home") + "/");
    assertThat(json.at("/versions/ONNX Runtime").textValue()).matches("\\d+\\..*");
  }

  @Test
  void importanceIsThatOfTheExportedFileOnHeldBackWells() throws Exception {
    Path model = folder.resolve("model.onnx");
    train(model);
    JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("model.report.json")));
    JsonNode importance = json.get("importance");
    Set<String> held = new HashSet<>();
    json.get("heldBack").forEach(w -> held.add(w.get("well").textValue()));
    importance.get("wells").forEach(w -> assertThat(held).contains(w.textValue()));
    assertThat(numbers(importance.at("/methods/contribution")).stream().mapToDouble(d -> d).sum()).isCloseTo(1, within(1e-5));
    // Shapley values sum to what all channels together do. With none the margin is one number m for all wells, so over wells of the hit class
    // and others, signs s, the sums are mean(s·margin) − m·mean(s).
    double mean = 0;
    double signs = 0;
    for (JsonNode well : json.get("heldBack")) {
      double sign = well.get("class").textValue().equals("positive") ? 1 : -1;
      mean += sign * well.get("margin").doubleValue() / held.size();
      signs += sign;
    }
    assertThat(importance.get("wells")).hasSize(held.size());
    assertThat(signs).isZero();
    assertThat(numbers(importance.at("/methods/shapley")).stream().mapToDouble(d -> d).sum()).isCloseTo(mean, within(1e-3));
    assertThat(numbers(importance.at("/spearman/rho"))).allSatisfy(rho -> assertThat(rho).isBetween(-1.0, 1.0));
  }

  @Test
  void equalRunsGiveEqualNumbers() throws Exception {
    train(folder.resolve("a.onnx"));
    train(folder.resolve("b.onnx"));
    assertThat(Files.readString(folder.resolve("b.report.json")).replace("b.onnx", "a.onnx")).isEqualTo(Files.readString(folder.resolve("a.report.json")));
    assertThat(Files.readString(folder.resolve("b.report.html")).replace("b.onnx", "a.onnx")).isEqualTo(Files.readString(folder.resolve("a.report.html")));
  }

  @Test
  void withoutHeldBackWellsThePageSaysThatItKnowsNothingOfOthers() throws Exception {
    train(folder.resolve("model.onnx"), "--hold-out", "0");
    String page = Files.readString(folder.resolve("model.report.html"));
    assertThat(page).contains("No wells were held back. What follows is about the wells that were learnt from, which says nothing of other wells");
    JsonNode json = new ObjectMapper().readTree(Files.readString(folder.resolve("model.report.json")));
    assertThat(json.at("/calls/of").textValue()).isEqualTo("training");
    assertThat(json.get("heldBack")).isEmpty();
    assertThat(json.at("/history/0/heldBackLoss").isNull()).isTrue();
  }

  @Test
  void everyPictureIsInsideThePage() throws Exception {
    train(folder.resolve("model.onnx"));
    String page = Files.readString(folder.resolve("model.report.html"));
    Matcher sources = Pattern.compile("(?:src|href)=\"([^\"]{0,30})").matcher(page);
    int pictures = 0;
    while (sources.find()) {
      assertThat(sources.group(1)).matches("#s\\d+|data:image/png;base64,.*");
      pictures += sources.group(1).startsWith("data:") ? 1 : 0;
    }
    assertThat(pictures).isEqualTo(4 * (6 + 1)); // all four held-back wells, six channels and their blend
    assertThat(Pages.parsed(page).getElementsByTagName("img").getLength()).isEqualTo(pictures);
    assertThat(page.length()).isLessThan(3_000_000);
  }

  @Test
  void theReportGoesWhereItIsSentOrNowhere() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("reports"));
    train(folder.resolve("model.onnx"), "--report", elsewhere.resolve("mine.html").toString());
    assertThat(elsewhere).isDirectoryContaining("glob:**/mine.html").isDirectoryContaining("glob:**/mine.json");
    train(folder.resolve("other.onnx"), "--no-report");
    assertThat(folder).isDirectoryNotContaining("glob:**.report.*");
  }

  @Test
  void aReportThatCannotBeWrittenCostsAWarningAndNotTheModel() throws Exception {
    Path model = folder.resolve("model.onnx");
    Files.createDirectories(folder.resolve("model.report.html/in the way"));
    String said = train(model);
    assertThat(said.lines().filter(l -> l.startsWith("Warning"))).singleElement().asString()
        .contains("the report was not written; the model is complete");
    assertThat(model).exists();
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  /** Trains, which must succeed; returns what was said. */
  private static String train(Path model, String... more) {
    List<String> arguments = new ArrayList<>(SHORT);
    arguments.addAll(List.of("--out", model.toString()));
    arguments.addAll(List.of(more));
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new TrainCommand()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments.toArray(String[]::new))).isZero();
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  private static List<Double> numbers(JsonNode node) {
    List<Double> numbers = new ArrayList<>();
    node.forEach(n -> {
      if (n.isArray()) {
        numbers.addAll(numbers(n));
      } else {
        numbers.add(n.doubleValue());
      }
    });
    return numbers;
  }
}
