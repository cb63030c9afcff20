package io.dcmix.app.compare;

import io.dcmix.core.screening.LinearCorrelation;
import io.dcmix.core.screening.RankCorrelation;
import io.dcmix.core.screening.SampleStatistics;
import io.dcmix.schema.WellKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How two lanes differ on the plates that they share. Pure: a function of their results.
 *
 * <p>Wells are matched by their whole key. A plate that each lane has in one run alone is matched whatever the runs are called, so
 * that a replay under a new id can be compared, too.
 *
 * @param pairs wells with a prediction in both, in the order of their keys
 * @param onlyA wells of shared plates that the first lane alone predicted
 * @param onlyB likewise of the second
 * @param renamed plates whose runs have different ids, for people
 */
record LaneComparison(String laneA, String laneB, List<WellPair> pairs, List<WellKey> onlyA, List<WellKey> onlyB, List<String> renamed) {
  private static final Comparator<WellKey> BY_KEY = Comparator.comparing((WellKey key) -> key.plate().plate())
      .thenComparing(key -> key.plate().acquisition())
      .thenComparingInt(key -> key.well().row())
      .thenComparingInt(key -> key.well().column())
      .thenComparingInt(WellKey::timepoint);

  /** By what a well counts as a hit. */
  enum Basis {
    /** The records of hit-calls. */
    CALLS,
    /** The sign of the hit logit, where one of the lanes has no calls. */
    HIT_LOGIT
  }

  /** A channel's mean readings over the wells that both lanes explained. */
  record Channel(String name, double importanceA, double importanceB, double contributionA, double contributionB) {}

  /** Compares the plates that both lanes have; of none if they share none. */
  static LaneComparison of(LaneContent a, LaneContent b) {
    Builder builder = new Builder();
    var platesA = a.byPlate();
    var platesB = b.byPlate();
    platesA.forEach((plate, runsA) -> {
      SortedMap<String, Map<WellKey, ScoredWell>> runsB = platesB.get(plate);
      if (runsB != null) {
        builder.plate(plate, runsA, runsB);
      }
    });
    builder.pairs.sort(Comparator.comparing(pair -> pair.a().key(), BY_KEY));
    builder.onlyA.sort(BY_KEY);
    builder.onlyB.sort(BY_KEY);
    return new LaneComparison(
        a.lane(), b.lane(), List.copyOf(builder.pairs), List.copyOf(builder.onlyA), List.copyOf(builder.onlyB), List.copyOf(builder.renamed));
  }

  private static final class Builder {
    private final List<WellPair> pairs = new ArrayList<>();
    private final List<WellKey> onlyA = new ArrayList<>();
    private final List<WellKey> onlyB = new ArrayList<>();
    private final List<String> renamed = new ArrayList<>();

    void plate(String plate, SortedMap<String, Map<WellKey, ScoredWell>> runsA, SortedMap<String, Map<WellKey, ScoredWell>> runsB) {
      if (runsA.size() == 1 && runsB.size() == 1) {
        String idA = runsA.firstKey();
        String idB = runsB.firstKey();
        if (!idA.equals(idB)) {
          renamed.add("plate %s: run %s with run %s".formatted(plate, idA, idB));
        }
        run(runsA.get(idA), runsB.get(idB));
        return;
      }
      Set<String> ids = new TreeSet<>(runsA.keySet());
      ids.addAll(runsB.keySet());
      for (String id : ids) {
        run(runsA.getOrDefault(id, Map.of()), runsB.getOrDefault(id, Map.of()));
      }
    }

    private void run(@Nullable Map<WellKey, ScoredWell> wellsA, @Nullable Map<WellKey, ScoredWell> wellsB) {
      Map<String, ScoredWell> left = byPlace(wellsB);
      byPlace(wellsA).forEach((place, a) -> {
        ScoredWell b = left.remove(place);
        if (b == null) {
          onlyA.add(a.key());
        } else {
          pairs.add(new WellPair(a, b));
        }
      });
      left.values().forEach(b -> onlyB.add(b.key()));
    }

    private static Map<String, ScoredWell> byPlace(@Nullable Map<WellKey, ScoredWell> wells) {
      Map<String, ScoredWell> places = new HashMap<>();
      if (wells != null) {
        wells.forEach((key, well) -> places.put(key.well() + "/" + key.timepoint(), well));
      }
      return places;
    }
  }

  /** The same of one plate alone, by plate; for a table. */
  SortedMap<String, LaneComparison> byPlate() {
    Function<WellKey, String> plate = key -> key.plate().plate();
    SortedSet<String> plates = new TreeSet<>();
    pairs.forEach(pair -> plates.add(plate.apply(pair.a().key())));
    onlyA.forEach(key -> plates.add(plate.apply(key)));
    onlyB.forEach(key -> plates.add(plate.apply(key)));
    SortedMap<String, LaneComparison> each = new TreeMap<>();
    for (String name : plates) {
      each.put(name, new LaneComparison(laneA, laneB,
          pairs.stream().filter(pair -> plate.apply(pair.a().key()).equals(name)).toList(),
          onlyA.stream().filter(key -> plate.apply(key).equals(name)).toList(),
          onlyB.stream().filter(key -> plate.apply(key).equals(name)).toList(), List.of()));
    }
    return each;
  }

  /** Hit calls, if some well has one in both lanes. */
  Basis basis() {
    return pairs.stream().anyMatch(WellPair::hasCalls) ? Basis.CALLS : Basis.HIT_LOGIT;
  }

  /** Whether the well is a hit in its lane; null if there is no call. */
  static @Nullable Boolean isHit(ScoredWell well, Basis basis) {
    return basis == Basis.CALLS ? well.call() : Boolean.valueOf(well.hitLogit() > 0);
  }

  /** Wells whose call can be compared: all, unless one of the lanes has none for it. */
  List<WellPair> called() {
    Basis basis = basis();
    return pairs.stream().filter(pair -> isHit(pair.a(), basis) != null && isHit(pair.b(), basis) != null).toList();
  }

  /** Wells that are a hit in one lane and none in the other. */
  List<WellPair> flipped() {
    Basis basis = basis();
    return called().stream().filter(pair -> !Objects.equals(isHit(pair.a(), basis), isHit(pair.b(), basis))).toList();
  }

  /** Those of the flipped wells that are hits in the second lane. */
  long becameHits() {
    Basis basis = basis();
    return flipped().stream().filter(pair -> Boolean.TRUE.equals(isHit(pair.b(), basis))).count();
  }

  long classesChanged() {
    return pairs.stream().filter(WellPair::classChanged).count();
  }

  long images(WellPair.Images kind) {
    return pairs.stream().filter(pair -> pair.images() == kind).count();
  }

  /** Pearson's r of the hit logits; NaN where it is undefined. */
  double pearson() {
    return LinearCorrelation.pearson(logits(WellPair::a), logits(WellPair::b));
  }

  /** Spearman's ρ of the hit logits; NaN where it is undefined. */
  double spearman() {
    return RankCorrelation.spearman(logits(WellPair::a), logits(WellPair::b));
  }

  private double[] logits(Function<WellPair, ScoredWell> side) {
    return pairs.stream().map(side).mapToDouble(ScoredWell::hitLogit).toArray();
  }

  /** The wells whose hit logits differ most, at most so many, none that do not differ. */
  List<WellPair> largest(int most) {
    return pairs.stream()
        .filter(pair -> pair.difference() != 0)
        .sorted(Comparator.comparingDouble((WellPair pair) -> -Math.abs(pair.difference())).thenComparing(pair -> pair.a().key(), BY_KEY))
        .limit(most)
        .toList();
  }

  /** Wells explained in both lanes. */
  List<WellPair> explained() {
    return pairs.stream().filter(WellPair::explained).toList();
  }

  /** The channels that both models know, in the order of the first. */
  List<Channel> channels() {
    List<WellPair> explained = explained();
    Map<String, List<WellPair>> known = new LinkedHashMap<>();
    for (WellPair pair : explained) {
      WellPair.ofBoth(pair.a().importance(), pair.b().importance()).keySet()
          .forEach(channel -> known.computeIfAbsent(channel, name -> new ArrayList<>()).add(pair));
    }
    List<Channel> channels = new ArrayList<>();
    known.forEach((name, wells) -> channels.add(new Channel(name,
        mean(wells, pair -> pair.a().importance().getOrDefault(name, 0.0)), mean(wells, pair -> pair.b().importance().getOrDefault(name, 0.0)),
        mean(wells, pair -> pair.a().contribution().getOrDefault(name, 0.0)), mean(wells, pair -> pair.b().contribution().getOrDefault(name, 0.0)))));
    return channels;
  }

  private static double mean(Collection<WellPair> wells, ToDoubleFunction<WellPair> value) {
    return SampleStatistics.mean(wells.stream().mapToDouble(value).toArray());
  }

  /** Whether both lanes put the channels in the same order: Spearman's ρ of their mean importance; NaN below two channels. */
  double importanceRank() {
    List<Channel> channels = channels();
    return RankCorrelation.spearman(
        channels.stream().mapToDouble(Channel::importanceA).toArray(), channels.stream().mapToDouble(Channel::importanceB).toArray());
  }

  /** The models that a lane's results came from, the first lane's or the second's. */
  Set<String> models(Function<WellPair, ScoredWell> side) {
    return pairs.stream().map(side).map(ScoredWell::model).collect(Collectors.toCollection(TreeSet::new));
  }
}
