package io.dcmix.streams;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.plate.LayoutIntake;
import io.dcmix.streams.plate.PlateInput;
import io.dcmix.streams.plate.PlateMeter;
import io.dcmix.streams.plate.PlateOutput;
import io.dcmix.streams.plate.PlateRows;
import io.dcmix.streams.plate.PlateStage;
import io.dcmix.streams.plate.RollingStage;
import io.dcmix.streams.well.Announcements;
import io.dcmix.streams.well.WellOutput;
import io.dcmix.streams.well.WellStageSupplier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
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
 * results to their topics and, as rows, to the plate stage, where layouts meet them, and what plates add to the rolling stage.
 */
public final class ScreeningTopology {
  /** Names of the repartitions; their topics are called after them. */
  static final String ROWS = "rows";

  static final String LAYOUTS = "layouts";
  static final String SCOPES = "scopes";

  private final Topics topics;
  private final Predicate<byte @Nullable []> images;
  private final EventSerdes serdes;
  private final WellStageSupplier wellStage;
  private final Function<byte[], PlateLayout> layoutDecoder;
  private final ScreeningConfig config;
  private final PlateMeter plateMeter;

  /**
   * The topology of a lane.
   *
   * @param images whether the image event with this key, which may be null, is this lane's; the others are passed over
   * @param layoutDecoder reads a plate layout; throws UnreadableRecordException on wrong bytes
   * @param plateMeter is told what the plate stages say
   */
  public ScreeningTopology(
      Topics topics, Predicate<byte @Nullable []> images, EventSerdes serdes, WellStageSupplier wellStage,
      Function<byte[], PlateLayout> layoutDecoder, ScreeningConfig config, PlateMeter plateMeter) {
    this.topics = topics;
    this.images = images;
    this.serdes = serdes;
    this.wellStage = wellStage;
    this.layoutDecoder = layoutDecoder;
    this.config = config;
    this.plateMeter = plateMeter;
  }

  /**
   * How results are written at the edge.
   *
   * @param predictions of well-predictions
   * @param failures of well-failures
   * @param importance of channel-importance
   * @param hitCalls of hit-calls
   * @param plateQuality of plate-quality
   * @param alerts of alerts
   */
  public record EventSerdes(
      Serde<WellPrediction> predictions, Serde<WellFailure> failures, Serde<ChannelImportance> importance, Serde<HitCall> hitCalls,
      Serde<PlateQuality> plateQuality, Serde<Alert> alerts) {
    /** Avro's single-object encoding. */
    public static EventSerdes singleObject() {
      return new EventSerdes(
          AvroSerde.of(WellPrediction.class), AvroSerde.of(WellFailure.class), AvroSerde.of(ChannelImportance.class),
          AvroSerde.of(HitCall.class), AvroSerde.of(PlateQuality.class), AvroSerde.of(Alert.class));
    }
  }

  /** Builds it. */
  public Topology build() {
    StreamsBuilder builder = new StreamsBuilder();
    builder.globalTable(
        topics.acquisitions(),
        Consumed.with(Serdes.String(), Serdes.ByteArray()),
        Materialized.<String, byte[]>as(Stores.inMemoryKeyValueStore(Announcements.STORE))
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

    Supplier<ModelCard> model = () -> wellStage.model().get().card();
    KStream<String, PlateInput> rows =
        wells
            .flatMapValues(output -> rows(output, config.quality()), Named.as("rows"))
            .selectKey((key, row) -> KeyParts.join(row.getPlate()), Named.as("rows-by-plate"))
            .repartition(byPlate(ROWS, PlateRow.class))
            .mapValues(PlateInput.Row::new, Named.as("row-inputs"));
    KStream<String, PlateOutput> plates =
        rows
            .merge(layouts(builder), Named.as("plate-inputs"))
            .process(stage(PlateStage.stores(), this::plateStage), Named.as("plate-stage"));
    plates
        .filter((key, output) -> output instanceof PlateOutput.Called, Named.as("calls"))
        .mapValues(output -> ((PlateOutput.Called) output).call(), Named.as("hit-call-values"))
        .to(topics.hitCalls(), Produced.with(Serdes.String(), serdes.hitCalls()).withName("hit-calls"));
    plates
        .flatMapValues(output -> output instanceof PlateOutput.Judged j ? List.of(j.quality()) : List.of(), Named.as("qualities"))
        .to(topics.plateQuality(), Produced.with(Serdes.String(), serdes.plateQuality()).withName("plate-quality"));
    plates
        .flatMapValues(output -> output instanceof PlateOutput.Alerted a ? List.of(a.alert()) : List.of(), Named.as("alert-values"))
        .to(topics.alerts(), Produced.with(Serdes.String(), serdes.alerts()).withName("alerts"));
    KStream<String, ChannelImportance> ofPlates =
        plates
            .filter((key, output) -> output instanceof PlateOutput.OfPlate, Named.as("of-plates"))
            .mapValues(output -> ((PlateOutput.OfPlate) output).importance(), Named.as("plate-importance"));
    KStream<String, ChannelImportance> ofScopes =
        plates
            .flatMapValues(output -> output instanceof PlateOutput.ForScope s ? List.of(s.partial()) : List.of(), Named.as("partials"))
            .repartition(toOneTask(SCOPES, ImportancePartial.class))
            .process(stage(RollingStage.stores(), () -> new RollingStage(config.importance(), model)), Named.as("rolling-stage"));
    Produced<String, ChannelImportance> importanceTopic = Produced.with(Serdes.String(), serdes.importance());
    ofPlates.to(topics.channelImportance(), importanceTopic.withName("plate-channel-importance"));
    ofScopes.to(topics.channelImportance(), Produced.with(Serdes.String(), serdes.importance()).withName("rolling-channel-importance"));
    return builder.build();
  }

  private PlateStage plateStage() {
    return new PlateStage(config, () -> wellStage.model().get().card(), wellStage.acquisitionDecoder(), wellStage.config().partitions(), plateMeter, topics.lane());
  }

  /** Layouts, by the percent-encoded plate; what is none goes to the dead letters. */
  private KStream<String, PlateInput> layouts(StreamsBuilder builder) {
    KStream<byte[], LayoutIntake.Output> read =
        builder
            .stream(topics.plateLayouts(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("plate-layouts"))
            .process(() -> new LayoutIntake(layoutDecoder, wellStage.meter()), Named.as("layout-intake"));
    read.filter((key, output) -> output instanceof LayoutIntake.Output.Dead, Named.as("dead-layouts"))
        .mapValues(output -> ((LayoutIntake.Output.Dead) output).value(), Named.as("dead-layout-bytes"))
        .to(topics.deadLetters(), Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("layout-dead-letters"));
    return read
        .filter((key, output) -> output instanceof LayoutIntake.Output.Read, Named.as("layouts"))
        .map((key, output) -> {
          LayoutIntake.Output.Read layout = (LayoutIntake.Output.Read) output;
          return KeyValue.pair(KeyParts.join(layout.plate()), layout.layout());
        }, Named.as("layouts-by-plate"))
        .repartition(byPlate(LAYOUTS, PlateLayout.class))
        .mapValues(PlateInput.Layout::new, Named.as("layout-inputs"));
  }

  /** Rows and layouts of a plate must come to one task, so both have the partitions of the image events, whatever their source has. */
  private <T extends SpecificRecord> Repartitioned<String, T> byPlate(String name, Class<T> type) {
    return Repartitioned.<String, T>as(name)
        .withKeySerde(Serdes.String())
        .withValueSerde(AvroSerde.of(type))
        .withNumberOfPartitions(wellStage.config().partitions());
  }

  /** All scopes have one window, and there is little to do for them. */
  private static <T extends SpecificRecord> Repartitioned<String, T> toOneTask(String name, Class<T> type) {
    return Repartitioned.<String, T>as(name).withKeySerde(Serdes.String()).withValueSerde(AvroSerde.of(type)).withNumberOfPartitions(1);
  }

  /** What a result means for the plate: a row, or the removal of an earlier one. Failures of single sites mean nothing. */
  private static List<PlateRow> rows(WellOutput output, QualityPolicy quality) {
    List<PlateRow> rows = new ArrayList<>();
    switch (output) {
      case WellOutput.Predicted p -> rows.add(PlateRows.of(p, quality));
      case WellOutput.Failed f when f.failure().getSite() == null -> rows.add(PlateRows.of(f));
      case WellOutput.Failed f -> {}
      case WellOutput.Dead d -> {}
    }
    return rows;
  }

  private static <K, V, L, W> ProcessorSupplier<K, V, L, W> stage(
      Set<StoreBuilder<? extends StateStore>> stores, Supplier<Processor<K, V, L, W>> stage) {
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
