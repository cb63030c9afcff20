package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.HtmlPage;
import io.dcmix.training.report.page.Pages;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs that are not the usual ones. */
class TrainingReportTest {
  private static final Gallery NO_PICTURES = new Gallery("none", List.of(), List.of());

  @Test
  void manyChannelsAndClassesHaveTheirPageWithoutShapleyValues() throws Exception {
    TrainedRun run = run(10, List.of("a", "b", "c"), List.of(call("A01", 0, 3, 0, 0), call("A02", 1, 0, 3, 0), call("A03", 2, 3, 0, 0)), 3, 0,
        epochs(3, 10, 1, 1, 1));
    String page = HtmlPage.render(TrainingReport.of(run, importances(10, run), NO_PICTURES));
    Pages.parsed(page);
    assertThat(page).contains("m: all channels weigh about the same");
    assertThat(page).contains("Exact Shapley values are left out: 10 channels would take 1,024 passes a site").contains("P/A03")
        .doesNotContain("SSMD"); // which is of two classes
    JsonNode json = new ObjectMapper().readTree(TrainingJson.write(run, importances(10, run)));
    assertThat(json.at("/calls/confusion")).hasToString("[[1,0,0],[0,1,0],[1,0,0]]");
    assertThat(json.at("/calls/zPrime").isMissingNode()).isTrue();
    assertThat(json.at("/importance/methods/shapley").isMissingNode()).isTrue();
  }

  @Test
  void aRunThatStoppedEarlySaysSoAndNamesTheEpochThatIsKept() {
    TrainedRun run = run(2, List.of("negative", "positive"), List.of(call("A01", 0, 1, 0), call("A02", 1, 0, 1)), 9, 2,
        epochs(5, 2, 0.5, 0.3, 0.2, 0.4, 0.2));
    assertThat(run.stoppedEarly()).isTrue();
    assertThat(run.keptEpoch()).isEqualTo(3); // the first of equals, as the fit keeps it
    assertThat(HtmlPage.render(TrainingReport.of(run, importances(2, run), NO_PICTURES)))
        .contains("It stopped after 5 of 9 epochs").contains("epoch 3 is in the file");
  }

  @Test
  void oneChannelHasNothingToCompare() {
    TrainedRun run = run(1, List.of("negative", "positive"), List.of(call("A01", 0, 1, 0), call("A02", 1, 0, 1)), 1, 0, epochs(1, 1, 0.5));
    String page = HtmlPage.render(TrainingReport.of(run, importances(1, run), NO_PICTURES));
    Pages.parsed(page);
    assertThat(page).contains("There is one channel, so there is nothing to compare").doesNotContain("weighs most");
  }

  private static WellCall call(String well, int label, float... logits) {
    return WellCall.of(List.of(WellCallTest.site("P", well, 1, label)), List.of(logits)).getFirst();
  }

  private static List<Epoch> epochs(int n, int channels, double... heldBackLoss) {
    float[] weights = new float[channels];
    Arrays.fill(weights, 1);
    return IntStream.range(0, n).mapToObj(i -> new Epoch(i + 1, 0.5, 0.9, heldBackLoss[i], 0.9, weights, 1)).toList();
  }

  private static TrainedRun run(int channels, List<String> classes, List<WellCall> heldBack, int planned, int patience, List<Epoch> history) {
    List<String> names = IntStream.range(0, channels).mapToObj(c -> "channel " + c).toList();
    ModelCard card = new ModelCard("m", "1", "ab", names, classes, classes.getLast(), PixelType.UINT8, 8, 8, Collections.nCopies(channels, 1.0),
        Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0), Map.of());
    return new TrainedRun("m.onnx", card, new TrainingSet.Shape(PixelType.UINT8, 8, 8, 1), planned, patience, history,
        List.of(call("B01", 0, new float[classes.size()])), heldBack, 1e-6, 10, 100, Map.of("seed", "1"), Map.of());
  }

  private static Importances importances(int channels, TrainedRun run) {
    double[] equal = new double[channels];
    Arrays.fill(equal, 1.0 / channels);
    List<double[]> each = Collections.nCopies(run.heldBack().size(), equal);
    return new Importances(run.heldBack(), 1, equal, each, each, channels > Importances.MOST_SHAPLEY_CHANNELS ? null : each);
  }
}
