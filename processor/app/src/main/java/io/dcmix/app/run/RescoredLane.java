package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.ImageSelection;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.wire.EdgeSerdes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Deserializer;

/** The results of a rescored lane, as they lie in its topics. */
final class RescoredLane {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Topics topics;
  private final ImageSelection selection;
  private final Map<String, Object> client;
  private final Deserializer<WellPrediction> predictions;
  private final Deserializer<WellFailure> failures;

  RescoredLane(Topics topics, ImageSelection selection, Map<String, Object> client, EdgeSerdes serdes) {
    this.topics = topics;
    this.selection = selection;
    this.client = client;
    this.predictions = serdes.serde(WellPrediction.class).deserializer();
    this.failures = serdes.serde(WellFailure.class).deserializer();
  }

  /** How a well ended. */
  private record Ending(int revision, boolean predicted, boolean incomplete) {}

  /**
   * How the wells of the selection ended.
   *
   * @param incomplete those of the predicted that rest on less than was announced, or ended without all their images
   * @param failed wells without a prediction
   */
  record Summary(long predicted, long incomplete, long failed) {
    long wells() {
      return predicted + failed;
    }

    String text(Topics topics, ImageSelection selection, ModelCard model, long skipped, String bootstrapServers) {
      String of = selection.isAll() ? "" : ", " + selection;
      StringBuilder text = new StringBuilder("  Lane %s: the images of %s%s, by model %s %s%n".formatted(
          topics.lane(), topics.source(), of, model.name(), model.version()));
      text.append("  Wells    %,d predicted, %,d of them incomplete; %,d failed%n".formatted(predicted, incomplete, failed));
      if (skipped > 0) {
        text.append("  Skipped  %,d image events of other plates or runs%n".formatted(skipped));
      }
      if (wells() == 0) {
        text.append("  Lane %s holds no image%s that a well could be made of%n".formatted(topics.source(), of.isEmpty() ? "" : " of " + selection));
      } else {
        text.append("  Next     dcmix compare %s %s --bootstrap-servers %s%n".formatted(topics.source(), topics.lane(), bootstrapServers));
      }
      return text.toString();
    }
  }

  /**
   * Looks at what an earlier run left.
   *
   * @param option that named the lane
   * @throws CliException if that came from another model: its offsets are past the images, so nothing would be scored
   */
  void refuseAnotherModel(String option, ModelCard model) {
    read(List.of(topics.wellPredictions()), prediction -> {
      if (!prediction.getModelSha256().equals(model.sha256())) {
        throw new CliException("%s: lane %s holds results of model %s %s, another file than %s %s: choose a new name for the results".formatted(
            option, topics.lane(), prediction.getModelName(), prediction.getModelVersion(), model.name(), model.version()));
      }
    }, failure -> {});
  }

  Summary summary() {
    Map<WellKey, Ending> wells = new HashMap<>();
    read(List.of(topics.wellPredictions(), topics.wellFailures()),
        p -> end(wells, p.getPlate(), p.getAcquisition(), p.getWell(), p.getTimepoint(), new Ending(p.getRevision(), true, isIncomplete(p))),
        f -> {
          if (f.getSite() == null) {
            end(wells, f.getPlate(), f.getAcquisition(), f.getWell(), f.getTimepoint(), new Ending(f.getRevision(), false, true));
          }
        });
    long predicted = wells.values().stream().filter(Ending::predicted).count();
    return new Summary(predicted, wells.values().stream().filter(w -> w.predicted() && w.incomplete()).count(), wells.size() - predicted);
  }

  private static boolean isIncomplete(WellPrediction p) {
    return p.getFlags().contains(WellFlag.INCOMPLETE) || p.getFlags().contains(WellFlag.SITE_FAILED);
  }

  private void end(Map<WellKey, Ending> wells, String plate, String acquisition, String well, int timepoint, Ending ending) {
    if (selection.takes(plate, acquisition)) {
      wells.merge(WellKey.of(plate, acquisition, well, timepoint), ending, (old, now) -> now.revision() >= old.revision() ? now : old);
    }
  }

  private void read(List<String> which, Consumer<WellPrediction> ofPrediction, Consumer<WellFailure> ofFailure) {
    try (LaneReader reader = new LaneReader(client, which)) {
      reader.readToEnd(PATIENCE, record -> {
        if (record.value() == null) {
          return;
        }
        if (record.topic().equals(topics.wellPredictions())) {
          ofPrediction.accept(predictions.deserialize(record.topic(), record.value()));
        } else {
          ofFailure.accept(failures.deserialize(record.topic(), record.value()));
        }
      });
    } catch (LaneReader.QuietBrokerException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
