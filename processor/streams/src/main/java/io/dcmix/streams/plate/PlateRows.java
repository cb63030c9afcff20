package io.dcmix.streams.plate;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.PlateRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What a well's result means for its plate. Pure. */
public final class PlateRows {
  private PlateRows() {}

  /** The row of a prediction. */
  public static PlateRow of(WellPrediction p, ModelCard model) {
    return PlateRow.newBuilder()
        .setPlate(p.getPlate())
        .setAcquisition(p.getAcquisition())
        .setWell(p.getWell())
        .setTimepoint(p.getTimepoint())
        .setRevision(p.getRevision())
        .setPredictedClass(p.getPredictedClass())
        .setHitLogit(p.getHitLogit())
        .setHitProbability(p.getHitProbability())
        .setChannels(p.getChannels())
        .setWeights(model.normalisedWeights())
        .setContribution(p.getContribution())
        .setImportance(p.getImportance())
        .setTopChannel(p.getTopChannel())
        .setStatus(p.getStatus())
        .setFlags(p.getFlags())
        .setSitesExpected(p.getSitesExpected())
        .setSitesScored(p.getSitesScored())
        .setInstrument(p.getInstrument())
        .setAcquiredAt(micros(p.getAcquiredAt()))
        .setLastImageAt(micros(p.getLastImageAt()))
        .setChannelMeans(channelMeans(p))
        .setBadChannels(badChannels(p))
        .setModelName(p.getModelName())
        .setModelVersion(p.getModelVersion())
        .build();
  }

  /** The row of a well that has no result. */
  public static PlateRow of(WellFailure failure) {
    return PlateRow.newBuilder()
        .setPlate(failure.getPlate())
        .setAcquisition(failure.getAcquisition())
        .setWell(failure.getWell())
        .setTimepoint(failure.getTimepoint())
        .setRevision(failure.getRevision())
        .setFailed(true)
        .setFailure(failure.getReason())
        .setBadChannels(badChannels(failure))
        .setModelName(failure.getModelName())
        .setModelVersion(failure.getModelVersion())
        .setLastImageAt(micros(failure.getLastImageAt()))
        .build();
  }

  private static Map<String, String> badChannels(WellFailure failure) {
    String channel = failure.getChannel();
    return switch (failure.getReason()) {
      case BLANK_CHANNEL, SATURATED_CHANNEL, DUPLICATE_CHANNEL -> channel == null ? Map.of() : Map.of(channel, failure.getReason().name());
      default -> Map.of();
    };
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** Mean pixel value of each channel over the sites; empty unless every channel was measured. */
  private static List<Double> channelMeans(WellPrediction p) {
    List<Double> means = new ArrayList<>();
    for (String channel : p.getChannels()) {
      p.getPlaneQuality().stream().filter(q -> q.getChannel().equals(channel)).mapToDouble(PlaneQuality::getMean).average().ifPresent(means::add);
    }
    return means.size() == p.getChannels().size() ? means : List.of();
  }

  /**
   * The channels that the prediction's flags are about. A flag is of the well; the channel is the one whose planes show it most,
   * or none if quality was not measured. The gravest trouble of a channel counts.
   */
  private static Map<String, String> badChannels(WellPrediction p) {
    Map<String, String> bad = new TreeMap<>();
    if (p.getFlags().contains(WellFlag.BLURRED)) {
      most(p, q -> -q.getFocus()).forEach(channel -> bad.put(channel, WellFlag.BLURRED.name()));
    }
    if (p.getFlags().contains(WellFlag.SATURATED_CHANNEL)) {
      most(p, PlaneQuality::getFullScaleFraction).forEach(channel -> bad.put(channel, WellFlag.SATURATED_CHANNEL.name()));
    }
    if (p.getFlags().contains(WellFlag.DUPLICATE_CHANNEL)) {
      duplicates(p).forEach(channel -> bad.put(channel, WellFlag.DUPLICATE_CHANNEL.name()));
    }
    if (p.getFlags().contains(WellFlag.BLANK_CHANNEL)) {
      most(p, q -> q.getMax() == q.getMin() ? 1 : q.getZeroFraction()).forEach(channel -> bad.put(channel, WellFlag.BLANK_CHANNEL.name()));
    }
    return bad;
  }

  private static List<String> most(WellPrediction p, ToDoubleFunction<PlaneQuality> trouble) {
    double most = p.getPlaneQuality().stream().mapToDouble(trouble).max().orElse(Double.NaN);
    return p.getPlaneQuality().stream().filter(q -> trouble.applyAsDouble(q) == most).map(PlaneQuality::getChannel).distinct().toList();
  }

  private static List<String> duplicates(WellPrediction p) {
    int channels = p.getChannels().size();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < p.getPlaneSha256().size(); i++) {
      int site = i / channels * channels;
      List<String> others = new ArrayList<>(p.getPlaneSha256().subList(site, Math.min(site + channels, p.getPlaneSha256().size())));
      others.remove(i - site);
      String channel = p.getChannels().get(i % channels);
      if (others.contains(p.getPlaneSha256().get(i)) && !found.contains(channel)) {
        found.add(channel);
      }
    }
    return found;
  }
}
