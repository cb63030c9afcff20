package io.dcmix.training.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.export.Parity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The numbers of a training run's page, for programs, with every digit. What is not defined is null. */
final class TrainingJson {
  private TrainingJson() {}

  /** Indented JSON with a line break at its end; equal runs give equal text. */
  static String write(TrainedRun run, Importances importances) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("model", model(run));
    root.put("parity", map("largestDifference", run.parity(), "limit", Parity.LIMIT));
    root.put("plannedEpochs", run.plannedEpochs());
    root.put("stoppedEarly", run.stoppedEarly());
    root.put("keptEpoch", run.keptEpoch());
    root.put("history", run.history().stream().map(e -> map("epoch", e.number(), "loss", known(e.loss()), "accuracy", known(e.accuracy()),
        "heldBackLoss", known(e.validationLoss()), "heldBackAccuracy", known(e.validationAccuracy()),
        "shares", known(LearningSection.shares(e, run.card().channels().size())))).toList());
    root.put("calls", calls(run));
    root.put("importance", importance(run, importances));
    root.put("training", run.training().stream().map(w -> well(run.card(), w)).toList());
    root.put("heldBack", run.heldBack().stream().map(w -> well(run.card(), w)).toList());
    root.put("recipe", run.recipe());
    root.put("versions", run.versions());
    try {
      return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Maps of numbers and text can always be written", e);
    }
  }

  private static Map<String, Object> model(TrainedRun run) {
    ModelCard card = run.card();
    return map("name", card.name(), "version", card.version(), "file", run.file(), "sha256", card.sha256(), "bytes", run.bytes(),
        "parameters", run.parameters(), "classes", card.classes(), "hitClass", card.hitClass(),
        "pixelType", card.pixelType() == PixelType.UINT16 ? "uint16" : "uint8", "height", card.height(), "width", card.width(),
        "shrink", run.shape().shrink(), "channels", card.channels(), "weights", card.weights(), "shares", card.normalisedWeights(),
        "means", card.means(), "standardDeviations", card.standardDeviations());
  }

  private static Map<String, Object> calls(TrainedRun run) {
    Validation judged = Validation.of(run.judged());
    Map<String, Object> calls = map("of", run.side(), "wells", judged.wells(), "right", judged.right(), "wrong", judged.wrong(),
        "confusion", WellCall.confusion(run.judged(), run.card().classes().size()));
    if (run.card().classes().size() == 2) {
      CallsSection.Separation apart = CallsSection.separation(run);
      calls.put("zPrime", known(apart.zPrime()));
      calls.put("robustZPrime", known(apart.robustZPrime()));
      calls.put("ssmd", known(apart.ssmd()));
    }
    return calls;
  }

  private static Map<String, Object> importance(TrainedRun run, Importances importances) {
    Map<String, double[]> methods = importances.methods();
    double[][] rho = importances.agreement();
    List<double[]> shapley = importances.shapley();
    return map("of", run.side(), "wells", importances.wells().stream().map(WellCall::name).toList(), "sitesPerWell", importances.sitesPerWell(),
        "channels", run.card().channels(), "methods", methods,
        "sd", map("contribution", known(Importances.spread(importances.contribution())), "leave-one-out", known(Importances.spread(importances.leaveOneOut())),
            "shapley", shapley == null ? null : known(Importances.spread(shapley))),
        "spearman", map("methods", List.copyOf(methods.keySet()), "rho", IntStream.range(0, rho.length).mapToObj(i -> known(rho[i])).toList()));
  }

  private static Map<String, Object> well(ModelCard card, WellCall well) {
    return map("well", well.name(), "class", card.classes().get(well.label()), "called", card.classes().get(well.called()),
        "margin", well.margin(card.hitIndex()), "sites", well.sites().stream().map(s -> s.site()).toList());
  }

  private static @Nullable Double known(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Double known(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static List<@Nullable Double> known(double[] values) {
    List<@Nullable Double> known = new ArrayList<>();
    Arrays.stream(values).forEach(v -> known.add(known(v)));
    return known;
  }

  private static Map<String, Object> map(@Nullable Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return map;
  }
}
