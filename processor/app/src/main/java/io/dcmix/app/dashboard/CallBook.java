package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.CallBasis;
import io.dcmix.app.dashboard.Api.CallGroup;
import io.dcmix.app.dashboard.Api.WellCall;
import io.dcmix.schema.event.HitCall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hit calls of one run: the last word on each well counts, as its calls come in order under one key; one that rests on an
 * older revision of the prediction than what is known is of an earlier reading and counts for nothing.
 */
final class CallBook {
  /** One call and how it was made. */
  record Called(CallBasis basis, WellCall call) {}

  private final int limit;
  private final Map<PlateState.Spot, Called> calls = new TreeMap<>();

  /** What decided the last call; the next one is mostly the same and shares it. */
  private CallBasis last = new CallBasis("", "", "", "", "", null, "", "");

  /** @param limit most calls kept */
  CallBook(int limit) {
    this.limit = limit;
  }

  /**
   * Takes a call; false if it changes nothing.
   *
   * @throws IllegalArgumentException if there is no room for another well
   */
  boolean take(PlateState.Spot spot, HitCall event, long sequence) {
    Called known = calls.get(spot);
    if (known != null && known.call().revision() > event.getRevision()) {
      return false;
    }
    if (known == null && calls.size() >= limit) {
      throw new IllegalArgumentException("more than " + limit + " calls of one run");
    }
    CallBasis basis = basis(event);
    last = basis.equals(last) ? last : basis;
    calls.put(spot, new Called(last, call(spot, event, sequence)));
    return true;
  }

  /** The well is called no more. */
  void forget(PlateState.Spot spot) {
    calls.remove(spot);
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** All calls in the order of the plate. */
  List<Called> all() {
    return List.copyOf(calls.values());
  }

  List<CallGroup> groups() {
    return groups(calls.values());
  }

  /** The calls of some wells; wells without one are left out. */
  List<CallGroup> groups(Iterable<PlateState.Spot> spots) {
    List<Called> some = new ArrayList<>();
    for (PlateState.Spot spot : spots) {
      Called called = calls.get(spot);
      if (called != null) {
        some.add(called);
      }
    }
    return groups(some);
  }

  private static List<CallGroup> groups(Collection<Called> calls) {
    Map<CallBasis, List<WellCall>> groups = new LinkedHashMap<>();
    calls.forEach(called -> groups.computeIfAbsent(called.basis(), b -> new ArrayList<>()).add(called.call()));
    List<CallGroup> list = new ArrayList<>();
    groups.forEach((basis, wells) -> list.add(new CallGroup(basis, wells)));
    return list;
  }

  private static CallBasis basis(HitCall event) {
    return new CallBasis(
        event.getMethod(),
        event.getMethodVersion(),
        event.getRules(),
        event.getReference().name(),
        event.getDirection().name(),
        Numbers.finite(event.getThreshold()),
        event.getModelName(),
        event.getModelVersion());
  }

  private static WellCall call(PlateState.Spot spot, HitCall event, long sequence) {
    return new WellCall(
        spot.well().toString(),
        spot.timepoint(),
        sequence,
        event.getRevision(),
        event.getStage().name(),
        event.getHit(),
        Numbers.finite(event.getScore()),
        Numbers.finite(event.getHitLogit()),
        Numbers.finite(event.getHitProbability()),
        Numbers.finite(event.getRobustZ()),
        Numbers.finite(event.getNpi()),
        Numbers.finite(event.getSsmd()),
        Numbers.finite(event.getBScore()),
        event.getRank(),
        event.getRole() == null ? null : event.getRole().name(),
        event.getTreatment(),
        Numbers.finite(event.getConcentration()),
        event.getConcentrationUnit(),
        event.getEdge(),
        event.getTopChannel(),
        event.getFlags().stream().map(Enum::name).toList());
  }
}
