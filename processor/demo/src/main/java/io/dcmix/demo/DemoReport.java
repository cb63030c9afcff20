package io.dcmix.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.WellPrediction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a demo run came to, counted from the result topics. The JSON of {@code --report} has these names.
 *
 * @param wellsPublished wells of which at least one image was published
 * @param predictions wells with a prediction
 * @param duplicates prediction records beyond the first of a well and revision
 * @param failures failure records, of wells and of sites
 * @param deadLetters records that could not be read
 * @param recall share of the true hits whose predicted class is the hit class; null without known hits
 * @param precision share of those predicted as hits, on wells of known truth, that are true; null without such wells
 * @param plantedChannels channels that carry the planted effect; empty for a real plate
 * @param channels most important first
 * @param decisions hit calls, plate quality and alerts
 * @param bootstrap where the broker is
 * @param seconds from the first image published to the last result read
 */
public record DemoReport(
    long wellsPublished,
    int predictions,
    long duplicates,
    int failures,
    long deadLetters,
    @Nullable Double recall,
    @Nullable Double precision,
    List<String> plantedChannels,
    List<Channel> channels,
    Decisions decisions,
    String bootstrap,
    double seconds) {

  /**
   * One channel.
   *
   * @param weight normalised weight in the model's blend
   * @param contribution mean share in the blended image, over the plate
   * @param importance mean of hit logit with all channels minus without this one, over the wells called hits (over all wells
   *     if none is); null when wells were not explained
   */
  public record Channel(String name, double weight, double contribution, @Nullable Double importance) {}

  /** The channels of a plate, most important first; without importance by weight. */
  static List<Channel> channels(ChannelImportance plate, List<WellPrediction> predictions) {
    List<WellPrediction> explained = predictions.stream().filter(p -> p.getImportance() != null).toList();
    List<WellPrediction> hits = explained.stream().filter(Truth::isHit).toList();
    List<WellPrediction> basis = hits.isEmpty() ? explained : hits;
    List<Channel> channels = new ArrayList<>();
    for (ChannelStatistics s : plate.getChannels()) {
      Double importance =
          basis.isEmpty() ? null
              : basis.stream().mapToDouble(p -> p.getImportance().get(p.getChannels().indexOf(s.getChannel()))).average().orElseThrow();
      channels.add(new Channel(s.getChannel(), s.getWeight(), s.getContribution().getMean(), importance));
    }
    channels.sort(Comparator.comparingDouble((Channel c) -> c.importance() == null ? c.weight() : c.importance()).reversed());
    return channels;
  }

  /** Writes the JSON. */
  void write(Path file) {
    try {
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    } catch (IOException e) {
      throw new CliException("The report cannot be written to " + file + ": " + e.getMessage(), e);
    }
  }
}
