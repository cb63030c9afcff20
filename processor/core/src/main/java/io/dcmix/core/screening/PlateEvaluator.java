package io.dcmix.core.screening;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.PlateVerdict;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellRole;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.PlateRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From rows, layout and announcement to hit calls and plate quality: a pure function, evaluated for each timepoint by itself.
 * All statistics are over the hit logit but for the CVs, which are over the hit probability. docs/hit-calls.md says it in words.
 */
public final class PlateEvaluator {
  /** Samples that a hit rate is judged on; of fewer, three hits would be many. */
  static final int MIN_RATED = 10;

  /** Samples on the edge, and inside, that an edge effect needs. */
  static final int MIN_EDGE = 8;

  /** Controls of each kind, under either orientation, before a plate is said to look turned. */
  static final int MIN_MIRRORED = 3;

  /** SSMD of the controls under the turned layout from which it counts as contrast... */
  static final double MIRRORED_CONTRAST = 4;

  /** ... and under the layout as it is, up to which there is none. */
  static final double NO_CONTRAST = 1;

  private static final Set<WellFlag> BAD_IMAGES =
      EnumSet.of(WellFlag.BLANK_CHANNEL, WellFlag.SATURATED_CHANNEL, WellFlag.DUPLICATE_CHANNEL);

  private final PlateView view;
  private final int timepoint;
  private final HitRules rules;
  private final PlateView.Shape shape;
  private final List<Well> wells = new ArrayList<>();
  private final Map<String, String> undefined = new TreeMap<>();
  private final PlateStatus status;

  /** A well with a result. */
  private record Well(PlateRow row, WellAddress address, @Nullable LayoutWell mapped, boolean edge) {
    @Nullable WellRole role() {
      return mapped == null ? null : mapped.getRole();
    }

    boolean is(WellRole role) {
      return role() == role;
    }

    double logit() {
      return row.getHitLogit();
    }

    boolean cells() {
      return row.getStatus() == WellStatus.SCORED;
    }

    /** Whether the well may stand for others: a reference, a control. */
    boolean sound() {
      return cells() && row.getFlags().stream().noneMatch(BAD_IMAGES::contains);
    }
  }

  /** A score of every well, or why there is none. */
  private record Scores(Map<String, Double> values, @Nullable CallFlag why) {
    static Scores none(CallFlag why) {
      return new Scores(Map.of(), why);
    }

    @Nullable Double of(Well well) {
      return values.get(well.row().getWell());
    }
  }

  private PlateEvaluator(PlateView view, int timepoint, HitRules rules) {
    this.view = view;
    this.timepoint = timepoint;
    this.rules = rules;
    this.shape = view.shape();
    Map<String, LayoutWell> mapped = view.mapped();
    for (PlateRow row : view.results()) {
      WellAddress address = WellAddress.parse(row.getWell());
      wells.add(new Well(row, address, mapped.get(row.getWell()), shape.isEdge(address)));
    }
    this.status = statusOf(view);
  }

  /** Evaluates a timepoint of a plate. */
  public static PlateEvaluation evaluate(PlateView plate, int timepoint, HitRules rules) {
    return new PlateEvaluator(plate.at(timepoint), timepoint, rules).evaluate();
  }

  /** Whether every well that was announced has a result or a failure at every announced timepoint. */
  public static boolean isComplete(PlateView plate) {
    if (plate.acquisition() == null || plate.acquisition().getWells().isEmpty()) {
      return false;
    }
    for (int t = 0; t < Math.max(1, plate.acquisition().getTimepoints()); t++) {
      if (!seesAllAnnounced(plate.at(t))) {
        return false;
      }
    }
    return true;
  }

  private static boolean seesAllAnnounced(PlateView at) {
    Set<String> seen = new HashSet<>();
    at.rows().forEach(row -> seen.add(row.getWell()));
    return at.acquisition() != null && !at.acquisition().getWells().isEmpty() && seen.containsAll(at.acquisition().getWells());
  }

  private static PlateStatus statusOf(PlateView at) {
    return seesAllAnnounced(at) ? PlateStatus.COMPLETE : at.open() ? PlateStatus.RUNNING : PlateStatus.PARTIAL;
  }

  private PlateEvaluation evaluate() {
    double[] positive = logits(well -> well.is(WellRole.POSITIVE_CONTROL) && well.sound());
    double[] negative = logits(well -> well.is(WellRole.NEGATIVE_CONTROL) && well.sound());
    OptionalDouble edgeEffect = edgeEffect();

    Scores robustZ = rules.reference() == CallReference.SAMPLES
        ? robustZ(logits(well -> isSample(well) && well.sound())) : needsLayout(() -> robustZ(negative));
    Scores npi = needsLayout(() -> npi(positive, negative));
    Scores ssmd = needsLayout(() -> ssmd(negative));
    Scores bScore = status == PlateStatus.RUNNING ? new Scores(Map.of(), null) : bScore();
    Scores deciding = switch (rules.method()) {
      case ROBUST_Z -> robustZ;
      case NPI -> npi;
      case SSMD -> ssmd;
      case B_SCORE -> bScore;
    };

    List<Well> called = wells.stream().filter(well -> isSample(well) && deciding.of(well) != null).toList();
    long hits = called.stream().filter(well -> rules.isHit(value(deciding, well))).count();
    boolean tooMany = called.size() >= MIN_RATED && hits > rules.maxHitRate() * called.size();
    if (tooMany) {
      bScore = Scores.none(CallFlag.HIT_RATE);
      if (rules.reference() == CallReference.SAMPLES) {
        robustZ = Scores.none(CallFlag.HIT_RATE);
      }
    }
    Scores used = tooMany && rules.restsOnSamples() ? Scores.none(CallFlag.HIT_RATE) : deciding;
    Map<String, Integer> ranks = tooMany && rules.restsOnSamples() ? Map.of() : ranks(called, deciding);

    List<HitCall> calls = new ArrayList<>();
    for (Well well : wells) {
      calls.add(call(well, used, robustZ, npi, ssmd, bScore, ranks.get(well.row().getWell()), tooMany, edgeEffect));
    }
    Long counted = called.isEmpty() || (tooMany && rules.restsOnSamples()) ? null : Long.valueOf(hits);
    if (counted == null) {
      undefined.put("hits", called.isEmpty() ? whyNoCalls(deciding.why()) : "%d of %d samples would be hits, more than the rules' %s %%: the samples are no reference"
          .formatted(hits, called.size(), 100 * rules.maxHitRate()));
    }
    if (called.isEmpty()) {
      undefined.put("hitRate", whyNoCalls(deciding.why()));
    }
    PlateQuality quality = quality(positive, negative, edgeEffect)
        .setHits(counted == null ? null : counted.intValue())
        .setHitRate(called.isEmpty() ? null : (double) hits / called.size())
        .setUndefined(Map.copyOf(undefined))
        .build();
    return new PlateEvaluation(quality, calls);
  }

  private double[] logits(Predicate<Well> which) {
    return wells.stream().filter(which).mapToDouble(Well::logit).toArray();
  }

  /** What is looked for hits: the layout's samples, or without a layout every well. */
  private boolean isSample(Well well) {
    return view.layout() == null || well.is(WellRole.SAMPLE);
  }

  private boolean unmapped(Well well) {
    return well.mapped() == null || well.is(WellRole.UNKNOWN);
  }

  private boolean callable(Well well) {
    return well.cells() && !well.is(WellRole.EMPTY);
  }

  private static double value(Scores scores, Well well) {
    Double value = scores.of(well);
    return value == null ? Double.NaN : value;
  }

  // ---- scores ----

  private Scores needsLayout(Supplier<Scores> scores) {
    return view.layout() == null ? Scores.none(CallFlag.NO_PLATEMAP) : scores.get();
  }

  private Scores robustZ(double[] reference) {
    return reference.length < rules.minReference() ? Scores.none(CallFlag.TOO_FEW_CONTROLS)
        : each(WellScores.robustZ(reference), CallFlag.ZERO_SPREAD);
  }

  private Scores npi(double[] positive, double[] negative) {
    // Two wells are enough for a mean, and the rules may ask for more.
    int least = rules.method() == HitRules.Method.NPI ? rules.minReference() : 2;
    return positive.length < least || negative.length < least ? Scores.none(CallFlag.TOO_FEW_CONTROLS)
        : each(WellScores.npi(positive, negative), CallFlag.EQUAL_CONTROLS);
  }

  private record Treatment(String name, @Nullable Double concentration, @Nullable String unit) {}

  /** Of a sample's replicates on the plate together; of a well that has none, and of any other well, by itself. */
  private Scores ssmd(double[] negative) {
    if (negative.length < Math.max(3, rules.minReference())) {
      return Scores.none(CallFlag.TOO_FEW_CONTROLS);
    }
    Scores single = each(WellScores.ssmd(negative), CallFlag.ZERO_SPREAD);
    Map<Treatment, List<Well>> replicates = new HashMap<>();
    for (Well well : wells) {
      LayoutWell mapped = well.mapped();
      if (mapped != null && mapped.getTreatment() != null && well.is(WellRole.SAMPLE) && well.sound()) {
        replicates.computeIfAbsent(new Treatment(mapped.getTreatment(), mapped.getConcentration(), mapped.getConcentrationUnit()), t -> new ArrayList<>()).add(well);
      }
    }
    Map<String, Double> values = new HashMap<>(single.values());
    for (List<Well> group : replicates.values()) {
      OptionalDouble ssmd = ControlSeparation.ssmd(group.stream().mapToDouble(Well::logit).toArray(), negative);
      ssmd.ifPresent(value -> group.forEach(well -> values.put(well.row().getWell(), value)));
    }
    return new Scores(values, single.why());
  }

  private Scores bScore() {
    double[][] values = new double[shape.rows()][shape.columns()];
    Arrays.stream(values).forEach(row -> Arrays.fill(row, Double.NaN));
    int count = 0;
    for (Well well : wells) {
      if (isSample(well) && well.sound() && well.address().row() < shape.rows() && well.address().column() < shape.columns()) {
        values[well.address().row()][well.address().column()] = well.logit();
        count++;
      }
    }
    if (count < Math.max(HitRules.B_SCORE.minReference(), rules.method() == HitRules.Method.B_SCORE ? rules.minReference() : 0)) {
      return Scores.none(CallFlag.TOO_FEW_CONTROLS);
    }
    double[][] scores = BScore.of(values).orElse(null);
    if (scores == null) {
      return Scores.none(CallFlag.ZERO_SPREAD);
    }
    Map<String, Double> byWell = new HashMap<>();
    for (Well well : wells) {
      WellAddress at = well.address();
      if (at.row() < shape.rows() && at.column() < shape.columns() && !Double.isNaN(scores[at.row()][at.column()])) {
        byWell.put(well.row().getWell(), scores[at.row()][at.column()]);
      }
    }
    return new Scores(byWell, null);
  }

  private Scores each(Optional<DoubleUnaryOperator> score, CallFlag otherwise) {
    if (score.isEmpty()) {
      return Scores.none(otherwise);
    }
    Map<String, Double> values = new HashMap<>();
    wells.stream().filter(this::callable).forEach(well -> values.put(well.row().getWell(), score.get().applyAsDouble(well.logit())));
    return new Scores(values, null);
  }

  /** 1 for the strongest; equal scores share the better place. */
  private Map<String, Integer> ranks(List<Well> called, Scores deciding) {
    List<Well> order = new ArrayList<>(called);
    order.sort(Comparator.comparingDouble((Well well) -> rules.strength(value(deciding, well))).reversed());
    Map<String, Integer> ranks = new HashMap<>();
    int rank = 0;
    double last = Double.NaN;
    for (int i = 0; i < order.size(); i++) {
      double strength = rules.strength(value(deciding, order.get(i)));
      if (i == 0 || strength != last) {
        rank = i + 1;
      }
      last = strength;
      ranks.put(order.get(i).row().getWell(), rank);
    }
    return ranks;
  }

  // ---- calls ----

  private HitCall call(
      Well well, Scores deciding, Scores robustZ, Scores npi, Scores ssmd, Scores bScore, @Nullable Integer rank, boolean tooMany,
      OptionalDouble edgeEffect) {
    PlateRow row = well.row();
    LayoutWell mapped = well.mapped();
    Double score = deciding.of(well);
    Set<CallFlag> flags = EnumSet.noneOf(CallFlag.class);
    if (view.layout() == null) {
      flags.add(CallFlag.NO_PLATEMAP);
    } else if (unmapped(well)) {
      flags.add(CallFlag.UNMAPPED);
    }
    if (!well.cells()) {
      flags.add(CallFlag.NO_CELLS);
    } else if (!well.is(WellRole.EMPTY)) {
      for (Scores scores : List.of(deciding, robustZ, npi, ssmd, bScore)) {
        CallFlag why = scores.why();
        if (why != null) {
          flags.add(why);
        }
      }
    }
    if (tooMany) {
      flags.add(CallFlag.HIT_RATE);
    }
    if (row.getFlags().stream().anyMatch(flag -> BAD_IMAGES.contains(flag) || flag == WellFlag.BLURRED)) {
      flags.add(CallFlag.IMAGE_QUALITY);
    }
    if (isPartial(row)) {
      flags.add(CallFlag.INCOMPLETE);
    }
    if (well.edge() && edgeEffect.isPresent() && Math.abs(edgeEffect.getAsDouble()) > rules.edgeEffect()) {
      flags.add(CallFlag.EDGE_EFFECT);
    }
    return HitCall.newBuilder()
        .setPlate(row.getPlate())
        .setAcquisition(row.getAcquisition())
        .setWell(row.getWell())
        .setTimepoint(row.getTimepoint())
        .setRow(well.address().row() + 1)
        .setColumn(well.address().column() + 1)
        .setRevision(row.getRevision())
        .setStage(status == PlateStatus.RUNNING ? CallStage.PROVISIONAL : CallStage.FINAL)
        .setHit(score == null ? null : rules.isHit(score))
        .setMethod(rules.method().text())
        .setMethodVersion(rules.version())
        .setRules(rules.name())
        .setReference(rules.reference())
        .setDirection(rules.direction())
        .setThreshold(rules.threshold())
        .setScore(score)
        .setHitLogit(row.getHitLogit())
        .setHitProbability(row.getHitProbability())
        .setRobustZ(robustZ.of(well))
        .setNpi(npi.of(well))
        .setSsmd(ssmd.of(well))
        .setBScore(bScore.of(well))
        .setRank(rank)
        .setRole(well.role())
        .setTreatment(mapped == null ? null : mapped.getTreatment())
        .setConcentration(mapped == null ? null : mapped.getConcentration())
        .setConcentrationUnit(mapped == null ? null : mapped.getConcentrationUnit())
        .setEdge(well.edge())
        .setTopChannel(row.getTopChannel())
        .setFlags(List.copyOf(flags))
        .setModelName(row.getModelName())
        .setModelVersion(row.getModelVersion())
        .setAcquiredAt(instant(row.getAcquiredAt()))
        .build();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static boolean isPartial(PlateRow row) {
    return row.getFlags().contains(WellFlag.INCOMPLETE)
        || row.getFlags().contains(WellFlag.SITE_FAILED)
        || (row.getSitesExpected() != null && row.getSitesScored() < row.getSitesExpected());
  }

  private String whyNoCalls(@Nullable CallFlag why) {
    if (why == null) {
      return status == PlateStatus.RUNNING && rules.method() == HitRules.Method.B_SCORE
          ? "B-scores are computed when the plate is complete" : "no sample has a result";
    }
    return switch (why) {
      case NO_PLATEMAP -> "the plate has no layout";
      case TOO_FEW_CONTROLS -> "fewer reference wells than the rules' " + rules.minReference();
      case ZERO_SPREAD -> "the reference wells do not differ: their MAD is 0";
      case EQUAL_CONTROLS -> "positive and negative controls have the same mean";
      default -> why.name();
    };
  }

  // ---- quality ----

  private PlateQuality.Builder quality(double[] positive, double[] negative, OptionalDouble edgeEffect) {
    Double zPrime = known("zPrime", ControlSeparation.zPrime(positive, negative), positive, negative, "the controls have the same mean");
    // The row that was acquired last speaks for the plate; of several the last by its key.
    PlateRow newest = wells.stream().map(Well::row).reduce((a, b) -> b.getAcquiredAt() >= a.getAcquiredAt() ? b : a).orElse(null);
    PlateRow any = newest != null ? newest : view.rows().getLast();
    var acquisition = view.acquisition();
    Set<String> focusFailures = new HashSet<>();
    wells.stream()
        .filter(w -> w.row().getFlags().contains(WellFlag.BLURRED) || w.row().getFlags().contains(WellFlag.FOCUS_FAILURE))
        .forEach(w -> focusFailures.add(w.row().getWell()));
    if (acquisition != null) {
      acquisition.getAbsent().stream()
          .filter(absent -> absent.getKind() == Absence.FOCUS_FAILURE && absent.getTimepoint() == timepoint)
          .map(AbsentPlane::getWell)
          .forEach(focusFailures::add);
    }
    return PlateQuality.newBuilder()
        .setPlate(view.plate().plate())
        .setAcquisition(view.plate().acquisition())
        .setTimepoint(timepoint)
        .setStatus(status)
        .setVerdict(zPrime == null ? PlateVerdict.UNDEFINED
            : zPrime >= 0.5 ? PlateVerdict.EXCELLENT : zPrime >= 0 ? PlateVerdict.MARGINAL : PlateVerdict.UNUSABLE)
        .setWellsExpected(acquisition == null ? null : acquisition.getWells().size())
        .setWellsSeen(view.rows().size())
        .setWellsFailed(view.rows().size() - wells.size())
        .setWellsPartial((int) wells.stream().filter(w -> isPartial(w.row())).count())
        .setWellsNoCells((int) wells.stream().filter(w -> !w.cells()).count())
        .setFocusFailures(focusFailures.size())
        .setUnmapped((int) wells.stream().filter(this::unmapped).count())
        .setPositiveControls(positive.length)
        .setNegativeControls(negative.length)
        .setZPrime(zPrime)
        .setRobustZPrime(known("robustZPrime", ControlSeparation.robustZPrime(positive, negative), positive, negative,
            "the controls have the same median, or a MAD of 0"))
        .setSsmd(known("ssmd", ControlSeparation.ssmd(positive, negative), positive, negative, "the controls do not vary: both SDs are 0"))
        .setCvPositive(cv("cvPositive", WellRole.POSITIVE_CONTROL))
        .setCvNegative(cv("cvNegative", WellRole.NEGATIVE_CONTROL))
        .setEdgeEffect(edgeEffect.isPresent() ? edgeEffect.getAsDouble() : null)
        .setControlsMirrored(controlsMirrored(positive, negative))
        .setRules(rules.name())
        .setLayoutSource(view.layout() == null ? null : view.layout().getSource())
        .setInstrument(acquisition != null && acquisition.getInstrument() != null ? acquisition.getInstrument() : any.getInstrument())
        .setModelName(models(any, PlateRow::getModelName))
        .setModelVersion(models(any, PlateRow::getModelVersion))
        .setFirstAcquiredAt(wells.stream().map(w -> instant(w.row().getAcquiredAt())).min(Comparator.naturalOrder()).orElse(null))
        .setLastAcquiredAt(wells.stream().map(w -> instant(w.row().getAcquiredAt())).max(Comparator.naturalOrder()).orElse(null));
  }

  /** What is said of the model that scored the wells; of several, each. */
  private String models(PlateRow any, Function<PlateRow, String> what) {
    return wells.isEmpty() ? what.apply(any) : wells.stream().map(w -> what.apply(w.row())).distinct().sorted().collect(Collectors.joining(" + "));
  }

  private @Nullable Double known(String field, OptionalDouble value, double[] positive, double[] negative, String otherwise) {
    if (value.isPresent()) {
      return value.getAsDouble();
    }
    undefined.put(field, view.layout() == null ? "the plate has no layout"
        : positive.length < 2 || negative.length < 2
            ? "it needs 2 positive and 2 negative controls with a usable result; there are %d and %d".formatted(positive.length, negative.length)
            : otherwise);
    return null;
  }

  private @Nullable Double cv(String field, WellRole role) {
    double[] values = wells.stream().filter(w -> w.is(role) && w.sound()).mapToDouble(w -> w.row().getHitProbability()).toArray();
    double cv = SampleStatistics.cv(values);
    if (Double.isNaN(cv)) {
      undefined.put(field, view.layout() == null ? "the plate has no layout"
          : values.length < 2 ? "it needs 2 controls with a usable result; there are " + values.length : "the mean hit probability is 0");
      return null;
    }
    return cv;
  }

  /** (median of the edge − median of the inside) / (1.4826·MAD of the inside), of the samples. */
  private OptionalDouble edgeEffect() {
    double[] edge = logits(well -> isSample(well) && well.sound() && well.edge());
    double[] inside = logits(well -> isSample(well) && well.sound() && !well.edge());
    if (edge.length < MIN_EDGE || inside.length < MIN_EDGE) {
      undefined.put("edgeEffect", "it needs %d samples on the edge and %d inside; there are %d and %d".formatted(MIN_EDGE, MIN_EDGE, edge.length, inside.length));
      return OptionalDouble.empty();
    }
    double spread = SampleStatistics.scaledMad(inside);
    if (spread == 0) {
      undefined.put("edgeEffect", "the samples inside do not differ: their MAD is 0");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((SampleStatistics.median(edge) - SampleStatistics.median(inside)) / spread);
  }

  /** Whether the controls do not differ as the layout has it, but do if it is turned by 180 degrees. */
  private boolean controlsMirrored(double[] positive, double[] negative) {
    Map<String, LayoutWell> turned = view.mappedTurned();
    double[] turnedPositive = logits(well -> well.sound() && roleIn(turned, well) == WellRole.POSITIVE_CONTROL);
    double[] turnedNegative = logits(well -> well.sound() && roleIn(turned, well) == WellRole.NEGATIVE_CONTROL);
    if (Math.min(Math.min(positive.length, negative.length), Math.min(turnedPositive.length, turnedNegative.length)) < MIN_MIRRORED) {
      return false;
    }
    OptionalDouble asMapped = ControlSeparation.ssmd(positive, negative);
    OptionalDouble asTurned = ControlSeparation.ssmd(turnedPositive, turnedNegative);
    return asMapped.isPresent() && asTurned.isPresent()
        && expected(asTurned.getAsDouble()) >= MIRRORED_CONTRAST && expected(asMapped.getAsDouble()) <= NO_CONTRAST;
  }

  /** SSMD in the direction in which positive controls differ: they are what a hit looks like. */
  private double expected(double ssmd) {
    return rules.strength(ssmd);
  }

  private static @Nullable WellRole roleIn(Map<String, LayoutWell> mapped, Well well) {
    LayoutWell found = mapped.get(well.row().getWell());
    return found == null ? null : found.getRole();
  }
}
