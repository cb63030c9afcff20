package io.dcmix.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DcmixModelTest {
  private static final int PLANE = LinearModel.HEIGHT * LinearModel.WIDTH;

  @TempDir Path folder;

  @Test
  void readsItsCardFromTheFile() throws Exception {
    Path file = LinearModel.write(folder, PixelType.UINT8);
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      ModelCard card = model.card();
      assertThat(card).usingRecursiveComparison().ignoringFields("sha256").isEqualTo(LinearModel.card(PixelType.UINT8));
      assertThat(card.sha256()).matches("[0-9a-f]{64}");
      assertThat(model.device()).isEqualTo("cpu");
      assertThat(model.reproducible()).isTrue();
    }
  }

  @Test
  void readsWhatTheTrainingWellsLookedLikeWhereTheFileSaysSo() throws Exception {
    String text = "{\"wells\": 12, \"means\": [0.25, 0.0, 0.75], \"standardDeviations\": [0.02, 0.0, 0.02]}";
    Path file = LinearModel.write(folder, PixelType.UINT8, m -> LinearModel.metadata(m, "dcmix.contributionReference", text));
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      ContributionReference reference = new ContributionReference(12, List.of(0.25, 0.0, 0.75), List.of(0.02, 0.0, 0.02));
      assertThat(model.card()).usingRecursiveComparison().ignoringFields("sha256")
          .isEqualTo(LinearModel.card(PixelType.UINT8).withContributionReference(reference));
      assertThat(ModelContract.metadata(model.card())).containsEntry("dcmix.contributionReference",
          "{\"means\":[0.25,0.0,0.75],\"standardDeviations\":[0.02,0.0,0.02],\"wells\":12}");
      assertThat(reference.drift(0, 0.31)).as("(0.31 - 0.25) / 0.02").isCloseTo(3, within(1e-12));
      assertThat(reference.drift(1, 0.01)).as("the SD is 0, so the floor of 0.005 counts").isCloseTo(2, within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource(value = PixelType.class, names = {"UINT8", "UINT16"})
  void givesTheLogitsImportanceAndContributionThatAreKnownByHand(PixelType type) throws Exception {
    // Channel 0: half 12, half 20 (mean 16, sd 4). Channel 1 has weight 0. Channel 2: 62 everywhere (sd 0).
    // Normalised means: (16-10)/4 = 1.5 and (62-30)/8 = 4. Blend: 0.5*1.5 + 2*4 = 8.75.
    int[][] planes = {plane(12, 20), plane(0, 200), plane(62, 62)};
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, type), DevicePolicy.CPU)) {
      SiteScore score = model.score(site(type, planes), true);
      assertThat(score.logits()).containsExactly(new double[] {-4.375, 8.75, 2.1875}, within(1e-5));
      assertThat(Arrays.stream(score.probabilities()).sum()).isCloseTo(1, within(1e-6));
      assertThat(score.contribution()).containsExactly(new double[] {1, 0, 0}, within(1e-6));
      double all = margin(8.75);
      assertThat(score.importance()).containsExactly(new double[] {all - margin(8), 0, all - margin(0.75)}, within(1e-5));
      assertThat(model.score(site(type, planes), false).importance()).isNull();
    }
  }

  private static double margin(double blend) {
    return blend - Math.log(Math.exp(-0.5 * blend) + Math.exp(0.25 * blend));
  }

  @ParameterizedTest
  @EnumSource(value = PixelType.class, names = {"UINT8", "UINT16"})
  void givesTheMarginOfEveryMaskThatIsKnownByHand(PixelType type) throws Exception {
    // Normalised means 1.5, irrelevant (weight 0), 4; weights 0.5, 0, 2: the blend is 0.75·m0 + 8·m2.
    ByteBuffer site = site(type, plane(12, 20), plane(0, 200), plane(62, 62));
    float[][] masks = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0.5f, 0, 0.25f}};
    double[] blends = {0, 0.75, 0, 0.75, 8, 8.75, 8, 8.75, 2.375};
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, type), DevicePolicy.CPU)) {
      assertThat(model.margins(site, masks)).containsExactly(Arrays.stream(blends).map(DcmixModelTest::margin).toArray(), within(1e-5));
      assertThat(model.margins(site, new float[0][])).isEmpty();
    }
  }

  @Test
  void runsMorePassesThanFitTogetherInTheirOrder() throws Exception {
    ByteBuffer site = site(PixelType.UINT8, plane(12, 20), plane(0, 200), plane(62, 62));
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT8), DevicePolicy.CPU)) {
      int passes = 2 * model.passesAtOnce() + 3;
      float[][] masks = new float[passes][];
      for (int p = 0; p < passes; p++) {
        masks[p] = new float[] {p / (float) passes, 1, 0};
      }
      double[] margins = model.margins(site, masks);
      assertThat(margins).hasSize(passes);
      for (int p : List.of(0, 1, model.passesAtOnce() - 1, model.passesAtOnce(), 2 * model.passesAtOnce(), passes - 1)) {
        assertThat(margins[p]).isCloseTo(margin(0.75 * p / passes), within(1e-5));
      }
    }
  }

  @Test
  void severalThreadsMayRunMasksBesideScores() throws Exception {
    ByteBuffer site = site(PixelType.UINT8, plane(12, 20), plane(0, 200), plane(62, 62));
    float[][] masks = {{1, 1, 1}, {1, 0, 0}};
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT8), DevicePolicy.CPU);
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      double[] expected = model.margins(site, masks);
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        runs.add(threads.submit(() -> {
          for (int i = 0; i < 50; i++) {
            assertThat(model.margins(site, masks)).isEqualTo(expected);
            assertThat(model.score(site, true).importance()).isNotNull();
          }
          return null;
        }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }

  @Test
  void refusesMasksThatFitNoPass() throws Exception {
    ByteBuffer site = site(PixelType.UINT8, plane(12, 20), plane(0, 200), plane(62, 62));
    DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT8), DevicePolicy.CPU);
    assertThatThrownBy(() -> model.margins(site, new float[][] {{1, 1, 1}, {1, 1}}))
        .hasMessage("Row 1 of the masks has 2 values; model linear has 3 channels");
    assertThatThrownBy(() -> model.margins(site, new float[][] {{1, Float.NaN, 1}})).hasMessageContaining("holds NaN");
    assertThatThrownBy(() -> model.margins(site, new float[][] {{Float.MAX_VALUE, 1, Float.MAX_VALUE}}))
        .isInstanceOf(SiteModel.InferenceException.class).hasMessageContaining("NaN or infinity in 'logits'");
    assertThatThrownBy(() -> model.margins(ByteBuffer.allocateDirect(10), new float[0][])).hasMessageContaining("72 bytes");
    model.close();
    assertThatThrownBy(() -> model.margins(site, new float[][] {{1, 1, 1}})).hasMessage("Model linear is closed");
  }

  @ParameterizedTest
  @CsvSource({"0", "32767", "32768", "40001", "65535"})
  void takesUint16ExactlyBeyondTheSignedRange(int value) throws Exception {
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT16), DevicePolicy.CPU)) {
      double logit = model.score(site(PixelType.UINT16, plane(10, 10), plane(0, 0), plane(value, value)), false).logits()[1];
      assertThat(logit).isEqualTo((float) (2 * (value - 30.0) / 8));
    }
  }

  @Test
  void readsFromTheBuffersPositionAndLeavesTheBufferAlone() throws Exception {
    ByteBuffer site = site(PixelType.UINT16, plane(12, 20), plane(0, 200), plane(62, 62));
    ByteBuffer slot = ByteBuffer.allocateDirect(6 + site.capacity() + 10).order(ByteOrder.nativeOrder());
    slot.put(6, site, 0, site.capacity()).position(6);
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT16), DevicePolicy.CPU)) {
      assertThat(model.score(slot.asReadOnlyBuffer(), false).logits()).isEqualTo(model.score(site, false).logits());
      assertThat(model.score(slot, false).logits()).isEqualTo(model.score(site, false).logits());
      assertThat(slot.position()).isEqualTo(6);
      assertThatThrownBy(() -> model.score(ByteBuffer.allocate(site.capacity()), false)).hasMessageContaining("heap buffer");
      assertThatThrownBy(() -> model.score(ByteBuffer.allocateDirect(10), false)).hasMessageContaining("144 bytes");
    }
  }

  @Test
  void aFlatSiteHasNoContribution() throws Exception {
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT8), DevicePolicy.CPU)) {
      SiteScore score = model.score(site(PixelType.UINT8, plane(3, 3), plane(4, 4), plane(5, 5)), false);
      assertThat(score.contribution()).containsExactly(0, 0, 0);
    }
  }

  @Test
  void closingWaitsForRunsUnderWayAndStopsLaterOnes() throws Exception {
    DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT8), DevicePolicy.CPU);
    ByteBuffer site = site(PixelType.UINT8, plane(12, 20), plane(0, 200), plane(62, 62));
    double[] expected = model.score(site, true).logits();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        runs.add(threads.submit(() -> {
          for (int done = 0; ; done++) {
            try {
              assertThat(model.score(site, true).logits()).isEqualTo(expected);
            } catch (IllegalStateException e) {
              assertThat(e).hasMessage("Model linear is closed");
              return done;
            }
          }
        }));
      }
      model.close();
      for (Future<Integer> run : runs) {
        assertThat(run.get()).isNotNegative();
      }
    }
    model.close();
  }

  @Test
  void triesTheFirstAndTheLastSlotOfASlabAtStart() throws Exception {
    RuntimeOptions fourSites = RuntimeOptions.DEFAULT.withSlabSites(4);
    try (DcmixModel model = DcmixModel.load(LinearModel.write(folder, PixelType.UINT16), DevicePolicy.CPU, fourSites)) {
      assertThat(model.slabSites()).isEqualTo(4);
      assertThat(model.reproducible()).isTrue();
    }
    // Adds to each site's logits what they differ from the mean over the slab: nothing for a site alone.
    Path leaking = LinearModel.write(folder, PixelType.UINT8, m -> {
      GraphProto.Builder graph = m.getGraphBuilder();
      LinearModel.node(m, "logits").setOutput(0, "own");
      graph.addInitializerBuilder().setName("sites").setDataType(TensorProto.DataType.INT64_VALUE).addDims(1).addInt64Data(0);
      List<NodeProto> softmaxAndAfter = new ArrayList<>();
      int at = graph.getNodeList().stream().map(n -> n.getOutput(0)).toList().indexOf("probabilities");
      while (graph.getNodeCount() > at) {
        softmaxAndAfter.add(graph.getNode(at));
        graph.removeNode(at);
      }
      graph.addNodeBuilder().setOpType("ReduceMean").addInput("own").addInput("sites").addOutput("ofSlab");
      graph.addNodeBuilder().setOpType("Sub").addInput("own").addInput("ofSlab").addOutput("leak");
      graph.addNodeBuilder().setOpType("Add").addInput("own").addInput("leak").addOutput("logits");
      softmaxAndAfter.forEach(graph::addNode);
    });
    try (DcmixModel alone = DcmixModel.load(leaking, DevicePolicy.CPU);
        DcmixModel beside = DcmixModel.load(leaking, DevicePolicy.CPU, fourSites);
        DcmixModel explainedBeside = DcmixModel.load(leaking, DevicePolicy.CPU, RuntimeOptions.DEFAULT.withSlabSites(8))) {
      assertThat(alone.slabSites()).isEqualTo(1);
      assertThat(alone.reproducible()).as("alone it gives the same bits").isTrue();
      assertThat(beside.reproducible()).as("beside others it does not").isFalse();
      assertThat(explainedBeside.reproducible()).isFalse();
      assertThat(SiteModel.explainedSites(alone.card(), 8)).as("3 channels, 4 passes").isEqualTo(2);
      assertThat(SiteModel.explainedSites(alone.card(), 3)).isEqualTo(1);
    }
  }

  @Test
  void saysWhatIsWrongWithAFileThatIsNoModel() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.onnx"), "not a model");
    assertThatThrownBy(() -> DcmixModel.load(text, DevicePolicy.CPU))
        .isInstanceOf(ModelContractException.class).hasMessageContaining("notes.onnx").hasMessageContaining("protobuf");
    assertThatThrownBy(() -> DcmixModel.load(folder.resolve("none.onnx"), DevicePolicy.CPU))
        .isInstanceOf(NoSuchFileException.class).hasMessageContaining("none.onnx").hasMessageContaining("no such model file");
    assertThatThrownBy(() -> DcmixModel.load(folder, DevicePolicy.CPU)).hasMessageContaining("is a folder");
    Path model = LinearModel.write(folder, PixelType.UINT8);
    assertThatThrownBy(() -> DcmixModel.load(model, DevicePolicy.CPU, RuntimeOptions.DEFAULT.withMaxFileBytes(1000)))
        .isInstanceOf(IOException.class).hasMessageContaining("larger than the limit of 1000 bytes");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", value = {
      "dcmix.contract           | -                       | metadata dcmix.contract is missing",
      "dcmix.contract           | 2                       | this build reads contract '1'",
      "dcmix.name               | ' '                     | metadata dcmix.name is empty",
      "dcmix.channels           | DNA, ER                 | metadata dcmix.channels is not a JSON list of strings",
      "dcmix.channels           | [\"DNA\",\"ER\",\"ER\"] | metadata dcmix.channels lists 'ER' twice",
      "dcmix.channels           | [\"DNA\",\"ER\",7]      | metadata dcmix.channels must be a JSON list of strings",
      "dcmix.classes            | [\"hit\"]               | metadata dcmix.classes has 1 entries; 2 to",
      "dcmix.hitClass           | active                  | metadata dcmix.hitClass 'active' is not one of the classes",
      "dcmix.pixelType          | float                   | metadata dcmix.pixelType must be uint8 or uint16, not 'float'",
      "dcmix.pixelType          | uint16                  | input 'pixels' is uint8; it must be int16",
      "dcmix.imageHeight        | -4                      | metadata dcmix.imageHeight must be a whole number from 1",
      "dcmix.imageHeight        | 5                       | has 4 in dimension 2; the metadata says 5",
      "dcmix.imageWidth         | 999999999               | metadata dcmix.imageWidth must be a whole number from 1",
      "dcmix.weights            | [1,2]                   | metadata dcmix.weights has 2 numbers for 3 channels",
      "dcmix.weights            | [1,2,-3]                | metadata dcmix.weights must be a JSON list of numbers that are 0 or more",
      "dcmix.weights            | [1,2,1e999]             | metadata dcmix.weights must be a JSON list of numbers",
      "dcmix.weights            | [0,0,0]                 | metadata dcmix.weights are all 0",
      "dcmix.weights            | [2,0,0.5]               | weights and standard deviations of the metadata give",
      "dcmix.means              | [1,NaN,3]               | metadata dcmix.means is not a JSON list of numbers",
      "dcmix.standardDeviations | [1,0,3]                 | metadata dcmix.standardDeviations must be a JSON list of numbers that are above 0",
      "dcmix.provenance         | [1]                     | metadata dcmix.provenance must be a JSON object of strings",
      "dcmix.provenance         | {\"epochs\":3}          | metadata dcmix.provenance must be a JSON object of strings",
      "dcmix.contributionReference | [0.5]                | metadata dcmix.contributionReference must be a JSON object of wells",
      "dcmix.contributionReference | ' '                  | metadata dcmix.contributionReference is empty",
      "dcmix.contributionReference | {\"wells\":1,\"means\":[0.2,0,0.8],\"standardDeviations\":[0,0,0]}      | wells, a whole number from 2",
      "dcmix.contributionReference | {\"wells\":2.5,\"means\":[0.2,0,0.8],\"standardDeviations\":[0,0,0]}    | wells, a whole number from 2",
      "dcmix.contributionReference | {\"wells\":9,\"means\":[20,0,80],\"standardDeviations\":[0,0,0]}        | lists of numbers from 0 to 1",
      "dcmix.contributionReference | {\"wells\":9,\"means\":[0.2,0,0.8],\"standardDeviations\":[0,-0.1,0]}   | lists of numbers from 0 to 1",
      "dcmix.contributionReference | {\"wells\":9,\"means\":[0.2,0.8],\"standardDeviations\":[0,0.1,0]}      | has 2 means and 3 standardDeviations for 3 channels",
  })
  void namesMetadataThatBreaksTheContract(String key, String value, String problem) {
    assertBroken(m -> LinearModel.metadata(m, key, value), problem);
  }

  @Test
  void namesInputsAndOutputsThatBreakTheContract() {
    assertBroken(m -> m.getGraphBuilder().setInput(0, LinearModel.port("pixels", TensorProto.DataType.UINT8, "N", 3, 4, "W")),
        "leaves W free; it must be fixed");
    assertBroken(m -> m.getGraphBuilder().setInput(0, LinearModel.port("pixels", TensorProto.DataType.UINT8, 8, 3, 4, 6)),
        "takes batches of 8 sites only");
    assertBroken(m -> m.getGraphBuilder().setInput(0, LinearModel.port("pixels", TensorProto.DataType.FLOAT, "N", 3, 4, 6)),
        "input 'pixels' is float32; it must be uint8");
    assertBroken(m -> m.getGraphBuilder().setInput(1, LinearModel.port("masks", TensorProto.DataType.FLOAT, 4, 3)),
        "fixes size 4 of dimension 0; it must be free");
    assertBroken(m -> m.getGraphBuilder().addInput(LinearModel.port("temperature", TensorProto.DataType.FLOAT, 1)),
        "input 'temperature' is not in the contract");
    assertBroken(m -> m.getGraphBuilder().removeOutput(2), "output 'contribution' is missing");
  }

  @Test
  void namesAGraphThatDoesNotDoWhatTheContractSays() {
    assertBroken(m -> LinearModel.node(m, "probabilities").setOpType("Sigmoid"), "is not the softmax of the logits");
    assertBroken(m -> LinearModel.node(m, "blended").setInput(0, "weights"), "'logits' comes out as [1, 1, 3]; it must be [1, 4, 3]");
    assertBroken(m -> LinearModel.constant(m, "tiny").setFloatData(0, 0), "'contribution' holds NaN or infinity for a blank site");
    assertBroken(m -> LinearModel.constant(m, "gain").setFloatData(1, Float.NaN), "'logits' holds NaN or infinity");
    // The mask is applied as "keep all but a bit", so pixels leak through it.
    assertBroken(m -> LinearModel.node(m, "blend").setOpType("Add"), "does not drop channels");
  }

  @Test
  void listsAllProblemsAtOnce() {
    Path file = LinearModel.write(folder, PixelType.UINT8, m -> {
      LinearModel.metadata(m, "dcmix.name", null);
      LinearModel.metadata(m, "dcmix.hitClass", "active");
      LinearModel.metadata(m, "dcmix.weights", "[1]");
      m.getGraphBuilder().removeOutput(2);
    });
    assertThatThrownBy(() -> DcmixModel.load(file, DevicePolicy.CPU))
        .isInstanceOfSatisfying(ModelContractException.class, e -> assertThat(e.problems()).hasSize(4));
  }

  private void assertBroken(Consumer<ModelProto.Builder> change, String problem) {
    Path file = LinearModel.write(folder, PixelType.UINT8, change);
    assertThatThrownBy(() -> DcmixModel.load(file, DevicePolicy.CPU).close())
        .isInstanceOf(ModelContractException.class).hasMessageContaining(problem);
  }

  /** A plane whose first half has one value and whose second half another. */
  private static int[] plane(int first, int second) {
    int[] plane = new int[PLANE];
    Arrays.fill(plane, 0, PLANE / 2, first);
    Arrays.fill(plane, PLANE / 2, PLANE, second);
    return plane;
  }

  private static ByteBuffer site(PixelType type, int[]... planes) {
    int bytes = type == PixelType.UINT16 ? 2 : 1;
    ByteBuffer site = ByteBuffer.allocateDirect(planes.length * PLANE * bytes).order(ByteOrder.nativeOrder());
    for (int[] plane : planes) {
      for (int pixel : plane) {
        if (bytes == 2) {
          site.putShort((short) pixel);
        } else {
          site.put((byte) pixel);
        }
      }
    }
    return site.flip();
  }

  @Test
  void shouldRefuseAFileThatWouldLeaveTheHeapNoRoomForWork() {
    long heap = 1L << 30;
    assertThat(DcmixModel.tooLarge(heap / 4, heap)).isNull();
    assertThat(DcmixModel.tooLarge(300L << 20, heap)).contains("takes 300 MiB", "heap's 1,024 MiB", "-Xmx1500m");
  }
}
