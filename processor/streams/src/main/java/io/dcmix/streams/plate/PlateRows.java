package io.dcmix.streams.plate;

import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.well.WellOutput;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a well's result means for its plate. Pure. */
public final class PlateRows {
  private PlateRows() {}

  /**
   * The row of a prediction.
   *
   * @param quality by which its images were judged
   */
  public static PlateRow of(WellOutput.Predicted result, QualityPolicy quality) {
    WellPrediction p = result.prediction();
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
        .setWeights(result.weights())
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
        .setChannelFocus(channelFocus(p, quality))
        .setBadChannels(badChannels(result, quality))
        .setModelName(p.getModelName())
        .setModelVersion(p.getModelVersion())
        .build();
  }

  /** The row of a well that has no result. */
  public static PlateRow of(WellOutput.Failed result) {
    WellFailure failure = result.failure();
    return PlateRow.newBuilder()
        .setPlate(failure.getPlate())
        .setAcquisition(failure.getAcquisition())
        .setWell(failure.getWell())
        .setTimepoint(failure.getTimepoint())
        .setRevision(failure.getRevision())
        .setFailed(true)
        .setFailure(failure.getReason())
        .setBadChannels(refused(result.refused()))
        .setModelName(failure.getModelName())
        .setModelVersion(failure.getModelVersion())
        .setLastImageAt(micros(failure.getLastImageAt()))
        .build();
  }

  private static Map<String, String> refused(Map<String, FailureReason> reasons) {
    Map<String, String> bad = new TreeMap<>();
    reasons.forEach((channel, reason) -> bad.put(channel, reason.name()));
    return bad;
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** Mean pixel value of each channel over the sites; empty unless every channel was measured. */
  private static List<Double> channelMeans(WellPrediction p) {
    List<Double> means = new ArrayList<>();
    for (String channel : p.getChannels()) {
      images(p, channel).mapToDouble(PlaneQuality::getMean).average().ifPresent(means::add);
    }
    return means.size() == p.getChannels().size() ? means : List.of();
  }

  /** Mean focus score of each channel over the images of it that show cells, 0 where none does; empty unless quality was measured. */
  private static List<Double> channelFocus(WellPrediction p, QualityPolicy quality) {
    if (p.getPlaneQuality().isEmpty()) {
      return List.of();
    }
    return p.getChannels().stream()
        .map(channel -> images(p, channel).filter(image -> !quality.noCells(List.of(image))).mapToDouble(PlaneQuality::getFocus).average().orElse(0))
        .toList();
  }

  private static Stream<PlaneQuality> images(WellPrediction p, String channel) {
    return p.getPlaneQuality().stream().filter(q -> q.getChannel().equals(channel));
  }

  /** What is wrong with the well's images, by channel; of several troubles the gravest. */
  private static Map<String, String> badChannels(WellOutput.Predicted result, QualityPolicy quality) {
    WellPrediction p = result.prediction();
    Map<String, String> bad = new TreeMap<>();
    for (WellFlag trouble : List.of(WellFlag.BLURRED, WellFlag.SATURATED_CHANNEL, WellFlag.BLANK_CHANNEL)) {
      p.getPlaneQuality().stream().filter(q -> quality.defects(q).contains(trouble)).forEach(q -> bad.put(q.getChannel(), trouble.name()));
    }
    if (p.getFlags().contains(WellFlag.DUPLICATE_CHANNEL)) {
      duplicates(p).forEach(channel -> bad.putIfAbsent(channel, WellFlag.DUPLICATE_CHANNEL.name()));
    }
    bad.putAll(refused(result.refused()));
    return bad;
  }

  /** Channels of which an image has the bytes of another channel of its site: hashes stand by site, channel and focal plane. */
  private static Set<String> duplicates(WellPrediction p) {
    int channels = p.getChannels().size();
    int images = p.getSitesScored() * channels;
    Set<String> found = new TreeSet<>();
    if (images == 0 || p.getPlaneSha256().size() % images != 0) {
      return found;
    }
    int planes = p.getPlaneSha256().size() / images;
    for (int site = 0; site < p.getSitesScored(); site++) {
      Map<String, Set<String>> byHash = new HashMap<>();
      for (int i = 0; i < channels * planes; i++) {
        byHash.computeIfAbsent(p.getPlaneSha256().get(site * channels * planes + i), h -> new TreeSet<>()).add(p.getChannels().get(i / planes));
      }
      byHash.values().stream().filter(same -> same.size() > 1).forEach(found::addAll);
    }
    return found;
  }
}
