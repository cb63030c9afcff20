package io.dcmix.app.compare;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether predictions are what they were before, well by well. Pure. Wells are matched as {@link LaneComparison} matches them, so a
 * run may go by another id.
 *
 * @param before where the earlier predictions come from, for people
 * @param now where the new ones come from
 * @param tolerance largest difference of a number that counts as none, times the number where that is above 1
 * @param wells in the order of their keys
 * @param calls wells whose final hit calls were compared, too
 */
public record Verification(String before, String now, double tolerance, List<Verdict> wells, long calls) {
  private static final Comparator<WellKey> BY_KEY = Comparator.comparing((WellKey key) -> key.plate().plate())
      .thenComparing(key -> key.plate().acquisition())
      .thenComparingInt(key -> key.well().row())
      .thenComparingInt(key -> key.well().column())
      .thenComparingInt(WellKey::timepoint);

  /** What is no part of a result: when, under which id, and how often it was said. */
  private static final Set<String> NO_CONTENT = Set.of("acquisition", "revision", "acquiredAt", "lastImageAt");

  /** How a well compares. */
  public enum Kind {
    IDENTICAL("identical"),
    WITHIN_TOLERANCE("within tolerance"),
    /** The same call from other numbers. */
    OTHER_SCORES("other scores"),
    /** Another predicted class, another hit call, or cells where there were none. */
    OTHER_CALL("different call"),
    /** Predicted before, and not now. */
    MISSING("missing"),
    /** Predicted now, and not before. */
    NEW("new");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }

    public boolean isAgreement() {
      return this == IDENTICAL || this == WITHIN_TOLERANCE;
    }
  }

  /**
   * One well.
   *
   * @param hitLogitBefore null if it is new
   * @param hitLogitNow null if it is missing
   * @param call predicted class, or both of them
   * @param causes why it differs, as far as that can be known; empty if it is identical
   */
  public record Verdict(WellKey well, Kind kind, @Nullable Double hitLogitBefore, @Nullable Double hitLogitNow, String call, List<String> causes) {
    public Verdict {
      causes = List.copyOf(causes);
    }
  }

  public Verification {
    wells = List.copyOf(wells);
  }

  /**
   * Compares. Of the earlier predictions those of the same run count, or those of the only run of the plate.
   *
   * @param before earlier predictions
   * @param now the new ones
   * @param failures wells that failed now
   * @param calledBefore final hit calls of the earlier predictions, as far as there are any
   * @param calledNow those of the new ones
   * @throws IllegalArgumentException if earlier predictions are of several runs of a plate, none of them the same
   */
  public static Verification of(String nameBefore, Collection<WellPrediction> before, String nameNow, Collection<WellPrediction> now,
      Map<WellKey, WellFailure> failures, Map<WellKey, HitCall> calledBefore, Map<WellKey, HitCall> calledNow, double tolerance) {
    Map<WellKey, WellPrediction> newest = byKey(now);
    Set<PlateKey> runs = newest.keySet().stream().map(WellKey::plate).collect(Collectors.toSet());
    failures.keySet().forEach(well -> runs.add(well.plate()));
    Map<WellKey, WellPrediction> old = ofRuns(byKey(before), runs);

    LaneContent a = new LaneContent(nameBefore);
    LaneContent b = new LaneContent(nameNow);
    old.values().forEach(a::take);
    newest.values().forEach(b::take);
    LaneComparison pairs = LaneComparison.of(a, b);
    Map<String, WellFailure> failed = failures.entrySet().stream().collect(Collectors.toMap(e -> place(e.getKey()), Map.Entry::getValue, (x, y) -> y));
    List<Verdict> wells = new ArrayList<>();
    Set<WellKey> seen = new TreeSet<>(BY_KEY);
    long calls = 0;
    for (WellPair pair : pairs.pairs()) {
      seen.add(pair.a().key());
      seen.add(pair.b().key());
      Verdict verdict = verdict(pair, Objects.requireNonNull(old.get(pair.a().key())), Objects.requireNonNull(newest.get(pair.b().key())), tolerance);
      HitCall earlier = calledBefore.get(pair.a().key());
      HitCall later = calledNow.get(pair.b().key());
      calls += earlier != null && later != null ? 1 : 0;
      wells.add(earlier == null || later == null ? verdict : withCalls(verdict, earlier, later));
    }
    old.forEach((key, p) -> {
      if (!seen.contains(key)) {
        WellFailure failure = failed.get(place(key));
        wells.add(new Verdict(key, Kind.MISSING, p.getHitLogit(), null, p.getPredictedClass(),
            List.of(failure == null ? "there is no result" : "it failed: " + failure.getReason() + ", " + failure.getMessage())));
      }
    });
    newest.forEach((key, p) -> {
      if (!seen.contains(key)) {
        wells.add(new Verdict(key, Kind.NEW, null, p.getHitLogit(), p.getPredictedClass(), List.of("there was no prediction")));
      }
    });
    wells.sort(Comparator.comparing(Verdict::well, BY_KEY));
    return new Verification(nameBefore, nameNow, tolerance, wells, calls);
  }

  private static Map<WellKey, WellPrediction> byKey(Collection<WellPrediction> predictions) {
    Map<WellKey, WellPrediction> wells = new TreeMap<>(BY_KEY);
    predictions.forEach(p -> wells.merge(
        WellKey.of(p.getPlate(), p.getAcquisition(), p.getWell(), p.getTimepoint()), p, (x, y) -> y.getRevision() >= x.getRevision() ? y : x));
    return wells;
  }

  private static Map<WellKey, WellPrediction> ofRuns(Map<WellKey, WellPrediction> before, Set<PlateKey> runs) {
    Set<PlateKey> all = before.keySet().stream().map(WellKey::plate).collect(Collectors.toSet());
    Set<PlateKey> wanted = runs.stream().flatMap(run -> {
      if (all.contains(run)) {
        return Stream.of(run);
      }
      List<PlateKey> others = all.stream().filter(other -> other.plate().equals(run.plate())).toList();
      if (others.size() > 1) {
        throw new IllegalArgumentException("Plate %s was predicted in several runs before (%s), none of them %s: publish it as one of them (--acquisition)".formatted(
            run.plate(), others.stream().map(PlateKey::acquisition).sorted().collect(Collectors.joining(", ")), run.acquisition()));
      }
      return others.stream();
    }).collect(Collectors.toSet());
    Map<WellKey, WellPrediction> chosen = new TreeMap<>(BY_KEY);
    before.forEach((key, p) -> {
      if (wanted.contains(key.plate())) {
        chosen.put(key, p);
      }
    });
    return chosen;
  }

  private static String place(WellKey key) {
    return new WellKey(new PlateKey(key.plate().plate(), "any"), key.well(), key.timepoint()).toString();
  }

  private static Verdict verdict(WellPair pair, WellPrediction a, WellPrediction b, double tolerance) {
    Kind kind = kind(a, b, tolerance);
    String call = a.getPredictedClass().equals(b.getPredictedClass()) ? b.getPredictedClass() : a.getPredictedClass() + " → " + b.getPredictedClass();
    return new Verdict(pair.b().key(), kind, a.getHitLogit(), b.getHitLogit(), call, kind == Kind.IDENTICAL ? List.of() : causes(pair, a, b));
  }

  /** Whether a well is a hit rests on its plate and on the rules, too, so it may differ where the prediction does not. */
  private static Verdict withCalls(Verdict verdict, HitCall before, HitCall now) {
    if (Objects.equals(before.getHit(), now.getHit())) {
      return verdict;
    }
    List<String> causes = new ArrayList<>(verdict.causes());
    causes.add("hit call %s → %s".formatted(words(before), words(now)));
    changed(causes, "rules", before.getRules(), now.getRules());
    return new Verdict(verdict.well(), Kind.OTHER_CALL, verdict.hitLogitBefore(), verdict.hitLogitNow(), verdict.call(), causes);
  }

  private static String words(HitCall call) {
    return call.getHit() == null ? "none" : call.getHit() ? "hit" : "no hit";
  }

  private static Kind kind(WellPrediction a, WellPrediction b, double tolerance) {
    boolean same = a.getSchema().getFields().stream()
        .filter(field -> !NO_CONTENT.contains(field.name()))
        .allMatch(field -> Objects.equals(a.get(field.pos()), b.get(field.pos())));
    if (same) {
      return Kind.IDENTICAL;
    }
    if (!a.getPredictedClass().equals(b.getPredictedClass()) || a.getStatus() != b.getStatus()) {
      return Kind.OTHER_CALL;
    }
    boolean close = a.getClasses().equals(b.getClasses()) && a.getChannels().equals(b.getChannels())
        && close(a.getHitLogit(), b.getHitLogit(), tolerance)
        && close(a.getProbabilities(), b.getProbabilities(), tolerance)
        && close(a.getContribution(), b.getContribution(), tolerance)
        && (a.getImportance() == null || b.getImportance() == null || close(a.getImportance(), b.getImportance(), tolerance));
    return close ? Kind.WITHIN_TOLERANCE : Kind.OTHER_SCORES;
  }

  private static boolean close(List<Double> a, List<Double> b, double tolerance) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!close(a.get(i), b.get(i), tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(double a, double b, double tolerance) {
    return Double.compare(a, b) == 0 || Math.abs(a - b) <= tolerance * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }

  private static List<String> causes(WellPair pair, WellPrediction a, WellPrediction b) {
    List<String> causes = new ArrayList<>();
    switch (pair.images()) {
      case SAME -> {}
      case PARTLY -> causes.add("some other images");
      case OTHER -> causes.add("other images");
    }
    changed(causes, "model", pair.a().model(), pair.b().model());
    changed(causes, "device", a.getDevice(), b.getDevice());
    if (!a.getReproducible() || !b.getReproducible()) {
      causes.add("not reproducible on its device");
    }
    changed(causes, "explained", a.getImportance() != null, b.getImportance() != null);
    changed(causes, "sites", a.getSitesScored(), b.getSitesScored());
    changed(causes, "flags", a.getFlags(), b.getFlags());
    changed(causes, "revision", a.getRevision(), b.getRevision());
    return causes.isEmpty() ? List.of("unknown") : causes;
  }

  private static void changed(List<String> causes, String what, Object before, Object now) {
    if (!before.equals(now)) {
      causes.add("%s %s → %s".formatted(what, before, now));
    }
  }

  /** Number of wells of each kind, all kinds named. */
  public Map<Kind, Long> counts() {
    Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, wells.stream().filter(well -> well.kind() == kind).count());
    }
    return counts;
  }

  /** Whether every well is identical or within the tolerance, and there is one at all. */
  public boolean agrees() {
    return !wells.isEmpty() && wells.stream().allMatch(well -> well.kind().isAgreement());
  }

  /** The wells that are not identical. */
  public List<Verdict> differing() {
    return wells.stream().filter(well -> well.kind() != Kind.IDENTICAL).toList();
  }

  /** How many wells each cause has a part in. */
  public SortedMap<String, Long> causes() {
    return differing().stream().flatMap(well -> well.causes().stream()).collect(Collectors.groupingBy(cause -> cause, TreeMap::new, Collectors.counting()));
  }
}
