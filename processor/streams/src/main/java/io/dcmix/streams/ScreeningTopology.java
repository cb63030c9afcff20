package io.dcmix.streams;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.plate.PlateOutput;
import io.dcmix.streams.plate.PlateStage;
import io.dcmix.streams.plate.RollingStage;
import io.dcmix.streams.well.WellOutput;
import io.dcmix.streams.well.WellStageSupplier;
import java.time.temporal.ChronoUnit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The topology of a lane, as one pure function. It reads like the diagram in the README: image events to the well stage, its
 * results to their topics and, as rows, to the plate stage, and what plates add to the rolling stage.
 */
public final class ScreeningTopology {
  private final Topics topics;
  private final Predicate<byte @Nullable []> images;
  private final EventSerdes serdes;
  private final WellStageSupplier wellStage;
  private final ScreeningConfig config;

  /** The topology of a lane that scores all images that it reads. */
  public ScreeningTopology(Topics topics, EventSerdes serdes, WellStageSupplier wellStage, ScreeningConfig config) {
    this(topics, key -> true, serdes, wellStage, config);
  }

  /**
   * The topology of a lane.
   *
   * @param images whether the image event with this key, which may be null, is this lane's; the others are passed over
   */
  public ScreeningTopology(
      Topics topics, Predicate<byte @Nullable []> images, EventSerdes serdes, WellStageSupplier wellStage, ScreeningConfig config) {
    this.topics = topics;
    this.images = images;
    this.serdes = serdes;
    this.wellStage = wellStage;
    this.config = config;
  }

  /**
   * How results are written at the edge.
   *
   * @param predictions of well-predictions
   * @param failures of well-failures
   * @param importance of channel-importance
   */
  public record EventSerdes(Serde<WellPrediction> predictions, Serde<WellFailure> failures, Serde<ChannelImportance> importance) {
    /** Avro's single-object encoding. */
    public static EventSerdes singleObject() {
      return new EventSerdes(
          AvroSerde.of(WellPrediction.class), AvroSerde.of(WellFailure.class), AvroSerde.of(ChannelImportance.class));
    }
  }

  /** Builds it. */
  public Topology build() {
    StreamsBuilder builder = new StreamsBuilder();
    builder.globalTable(
        topics.acquisitions(),
        Consumed.with(Serdes.String(), Serdes.ByteArray()),
        Materialized.<String, byte[]>as(Stores.inMemoryKeyValueStore(WellStageSupplier.ACQUISITIONS))
            .withKeySerde(Serdes.String())
            .withValueSerde(Serdes.ByteArray()));

    KStream<byte[], WellOutput> wells =
        builder
            .stream(topics.imageEvents(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("image-events"))
            .filter((key, value) -> images.test(key), Named.as("selection"))
            .process(wellStage, Named.as("well-stage"));
    wells
        .flatMapValues(output -> output instanceof WellOutput.Predicted p ? List.of(p.prediction()) : List.of(), Named.as("predictions"))
        .to(topics.wellPredictions(), Produced.with(Serdes.ByteArray(), serdes.predictions()).withName("well-predictions"));
    wells
        .flatMapValues(output -> output instanceof WellOutput.Failed f ? List.of(f.failure()) : List.of(), Named.as("failures"))
        .to(topics.wellFailures(), Produced.with(Serdes.ByteArray(), serdes.failures()).withName("well-failures"));
    wells
        .filter((key, output) -> output instanceof WellOutput.Dead, Named.as("dead"))
        .mapValues(output -> ((WellOutput.Dead) output).value(), Named.as("dead-bytes"))
        .to(topics.deadLetters(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("dead-letters"));

    ModelCard model = wellStage.model();
    KStream<String, PlateOutput> plates =
        wells
            .flatMapValues(output -> rows(output, model), Named.as("rows"))
            .selectKey((key, row) -> new PlateKey(row.getPlate(), row.getAcquisition()).toString(), Named.as("rows-by-plate"))
            .repartition(Repartitioned.<String, PlateRow>as("rows").withKeySerde(Serdes.String()).withValueSerde(AvroSerde.of(PlateRow.class)))
            .process(stage(PlateStage.stores(), () -> new PlateStage(config.importance())), Named.as("plate-stage"));
    KStream<String, ChannelImportance> ofPlates =
        plates.flatMapValues(output -> output instanceof PlateOutput.OfPlate p ? List.of(p.importance()) : List.of(), Named.as("plate-importance"));
    KStream<String, ChannelImportance> ofScopes =
        plates
            .flatMapValues(output -> output instanceof PlateOutput.ForScope s ? List.of(s.partial()) : List.of(), Named.as("partials"))
            .repartition(Repartitioned.<String, ImportancePartial>as("partials").withKeySerde(Serdes.String()).withValueSerde(AvroSerde.of(ImportancePartial.class)))
            .process(stage(RollingStage.stores(), () -> new RollingStage(config.importance())), Named.as("rolling-stage"));
    Produced<String, ChannelImportance> importanceTopic = Produced.with(Serdes.String(), serdes.importance());
    ofPlates.to(topics.channelImportance(), importanceTopic.withName("plate-channel-importance"));
    ofScopes.to(topics.channelImportance(), Produced.with(Serdes.String(), serdes.importance()).withName("rolling-channel-importance"));
    return builder.build();
  }

  /** What a result means for the plate: a row, or the removal of an earlier one. Failures of single sites mean nothing. */
  private static List<PlateRow> rows(WellOutput output, ModelCard model) {
    List<PlateRow> rows = new ArrayList<>();
    switch (output) {
      case WellOutput.Predicted p -> rows.add(row(p.prediction(), model));
      case WellOutput.Failed f when f.failure().getSite() == null -> rows.add(removal(f.failure()));
      case WellOutput.Failed f -> {}
      case WellOutput.Dead d -> {}
    }
    return rows;
  }

  private static PlateRow row(WellPrediction p, ModelCard model) {
    return PlateRow.newBuilder()
        .setPlate(p.getPlate())
        .setAcquisition(p.getAcquisition())
        .setWell(p.getWell())
        .setTimepoint(p.getTimepoint())
        .setRevision(p.getRevision())
        .setPredictedClass(p.getPredictedClass())
        .setHitLogit(p.getHitLogit())
        .setChannels(p.getChannels())
        .setWeights(model.normalisedWeights())
        .setContribution(p.getContribution())
        .setImportance(p.getImportance())
        .setAcquiredAt(ChronoUnit.MICROS.between(Instant.EPOCH, p.getAcquiredAt()))
        .setModelName(p.getModelName())
        .setModelVersion(p.getModelVersion())
        .build();
  }

  private static PlateRow removal(WellFailure failure) {
    return PlateRow.newBuilder()
        .setPlate(failure.getPlate())
        .setAcquisition(failure.getAcquisition())
        .setWell(failure.getWell())
        .setTimepoint(failure.getTimepoint())
        .setRevision(failure.getRevision())
        .setFailed(true)
        .build();
  }

  private static <K, V, L, W> ProcessorSupplier<K, V, L, W> stage(
      Set<StoreBuilder<? extends StateStore>> stores, java.util.function.Supplier<Processor<K, V, L, W>> stage) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<K, V, L, W> get() {
        return stage.get();
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.copyOf(stores);
      }
    };
  }
}
