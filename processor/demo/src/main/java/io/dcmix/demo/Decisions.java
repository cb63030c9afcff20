package io.dcmix.demo;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.HitDirection;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellRole;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was decided of a plate: calls, quality and alerts, as they stand at the end of a run. Part of the JSON of {@code --report}.
 *
 * @param calls null when none was made
 * @param quality null when nothing was said of it
 * @param alerts those that are raised, the most severe first
 */
public record Decisions(@Nullable Calls calls, @Nullable Quality quality, List<Raised> alerts) {
  private static final Set<WellRole> NO_SAMPLES =
      Set.of(WellRole.NEGATIVE_CONTROL, WellRole.POSITIVE_CONTROL, WellRole.EMPTY);

  /**
   * The hit calls.
   *
   * @param method what decides, in words: "robust-z against negative controls, 3 or more"
   * @param rules preset or configuration that holds the rules
   * @param stage PROVISIONAL as long as one call can change
   * @param called samples with a decision
   * @param hits samples that are hits
   * @param recall share of the true hits that were called; null without known hits
   * @param precision share of the calls on wells of known truth that are right; null without such calls
   */
  public record Calls(
      String method, String methodVersion, String rules, String stage, int called, int hits, @Nullable Double recall,
      @Nullable Double precision) {}

  /** How far the plate can be trusted; field meanings as in the event PlateQuality. */
  public record Quality(
      String status, String verdict, @Nullable Double zPrime, @Nullable Double robustZPrime, @Nullable Double ssmd,
      @Nullable Double hitRate, Map<String, String> undefined) {}

  /** One thing that needs a person. */
  public record Raised(String kind, String severity, String message, String remedy) {}

  /**
   * Sums up the last records.
   *
   * @param calls one of each well
   * @param quality null when nothing was said of it
   * @param alerts the last of each id
   */
  static Decisions of(Collection<HitCall> calls, @Nullable PlateQuality quality, Collection<Alert> alerts, Truth truth) {
    return new Decisions(
        calls.isEmpty() ? null : calls(calls, truth),
        quality == null ? null : quality(quality),
        alerts.stream()
            .filter(alert -> !ResultCollector.isResolved(alert))
            .sorted(Comparator.comparing(Alert::getSeverity, Comparator.<AlertSeverity>naturalOrder().reversed()).thenComparing(Alert::getId))
            .map(alert -> new Raised(alert.getKind().name(), alert.getSeverity().name(), alert.getMessage(), alert.getRemedy()))
            .toList());
  }

  private static Calls calls(Collection<HitCall> calls, Truth truth) {
    List<HitCall> samples =
        calls.stream().filter(call -> call.getHit() != null && isSample(call)).toList();
    Truth.Comparison compared =
        truth.compare(calls.stream().filter(Decisions::isHit).map(call -> WellAddress.parse(call.getWell())).collect(Collectors.toSet()));
    HitCall any = calls.iterator().next();
    boolean isFinal = calls.stream().allMatch(call -> call.getStage() == CallStage.FINAL);
    return new Calls(
        calls.stream().map(Decisions::method).distinct().sorted().collect(Collectors.joining("; ")),
        any.getMethodVersion(),
        any.getRules(),
        (isFinal ? CallStage.FINAL : CallStage.PROVISIONAL).name(),
        samples.size(),
        (int) samples.stream().filter(Decisions::isHit).count(),
        compared.recall(),
        compared.precision());
  }

  private static Quality quality(PlateQuality q) {
    return new Quality(
        q.getStatus().name(), q.getVerdict().name(), q.getZPrime(), q.getRobustZPrime(), q.getSsmd(), q.getHitRate(),
        new TreeMap<>(q.getUndefined()));
  }

  private static boolean isSample(HitCall call) {
    return !NO_SAMPLES.contains(call.getRole() == null ? WellRole.UNKNOWN : call.getRole()) && !call.getFlags().contains(CallFlag.UNMAPPED);
  }

  private static boolean isHit(HitCall call) {
    return Boolean.TRUE.equals(call.getHit());
  }

  private static String method(HitCall call) {
    String reference = !call.getMethod().equals("robust-z") ? ""
        : call.getReference() == CallReference.NEGATIVE_CONTROLS ? " against the negative controls" : " against the samples";
    double threshold = call.getThreshold();
    String gate = call.getDirection() == HitDirection.BOTH ? String.format(Locale.ROOT, "%.3g or more on either side", Math.abs(threshold))
        : call.getDirection() == HitDirection.DOWN ? String.format(Locale.ROOT, "%.3g or less", -Math.abs(threshold))
        : String.format(Locale.ROOT, "%.3g or more", threshold);
    return call.getMethod() + reference + ", " + gate;
  }
}
