package io.dcmix.app.compare;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellPrediction;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The newest results of a lane, taken record by record. Not thread-safe. */
final class LaneContent {
  private final String lane;
  private final Map<WellKey, ScoredWell> wells = new HashMap<>();
  private final Map<WellKey, HitCall> calls = new HashMap<>();

  LaneContent(String lane) {
    this.lane = lane;
  }

  /** The highest revision of a well counts, and of one revision the last. */
  void take(WellPrediction prediction) {
    ScoredWell well = ScoredWell.of(prediction);
    wells.merge(well.key(), well, (old, now) -> now.revision() >= old.revision() ? now : old);
  }

  /** The last call of a well counts. */
  void take(HitCall call) {
    calls.put(WellKey.of(call.getPlate(), call.getAcquisition(), call.getWell(), call.getTimepoint()), call);
  }

  /** A well was forgotten. */
  void takeBackPrediction(WellKey key) {
    wells.remove(key);
  }

  /** A well has no call any more. */
  void takeBackCall(WellKey key) {
    calls.remove(key);
  }

  String lane() {
    return lane;
  }

  /** All wells with their calls, by plate and acquisition. */
  SortedMap<String, SortedMap<String, Map<WellKey, ScoredWell>>> byPlate() {
    SortedMap<String, SortedMap<String, Map<WellKey, ScoredWell>>> plates = new TreeMap<>();
    wells.forEach((key, well) -> {
      PlateKey plate = key.plate();
      HitCall call = calls.get(key);
      plates.computeIfAbsent(plate.plate(), name -> new TreeMap<>()).computeIfAbsent(plate.acquisition(), id -> new HashMap<>())
          .put(key, call == null ? well : well.withCall(call.getHit()));
    });
    return plates;
  }

  Set<String> plates() {
    Set<String> plates = new TreeSet<>();
    wells.keySet().forEach(key -> plates.add(key.plate().plate()));
    return plates;
  }
}
