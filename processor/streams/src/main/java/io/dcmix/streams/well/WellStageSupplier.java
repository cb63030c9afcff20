package io.dcmix.streams.well;

import io.dcmix.core.scoring.ServedModel;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.state.Table;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Makes the well stage for each task, with its store.
 *
 * @param model the version that serves now; those that take its place have the same channels, images and classes
 * @param imageDecoder reads an image event; throws UnreadableRecordException on wrong bytes
 * @param acquisitionDecoder reads an announcement; throws likewise
 * @param meter is told what the stages do
 * @param tracer follows the wells; null: nobody does
 */
public record WellStageSupplier(
    WellStageConfig config,
    Supplier<ServedModel> model,
    SiteScorer scorer,
    Function<byte[], ImageEvent> imageDecoder,
    Function<byte[], Acquisition> acquisitionDecoder,
    StageMeter meter,
    @Nullable WellTracer tracer)
    implements ProcessorSupplier<byte[], byte[], byte[], WellOutput> {
  /** The state of each well, keyed by well. */
  public static final Table<WellState> WELLS = WellStores.WELLS;

  /** Nobody follows the wells. */
  public WellStageSupplier(
      WellStageConfig config, Supplier<ServedModel> model, SiteScorer scorer, Function<byte[], ImageEvent> imageDecoder,
      Function<byte[], Acquisition> acquisitionDecoder, StageMeter meter) {
    this(config, model, scorer, imageDecoder, acquisitionDecoder, meter, null);
  }

  @Override
  public Processor<byte[], byte[], byte[], WellOutput> get() {
    return new WellStage(config, model, scorer, imageDecoder, acquisitionDecoder, meter, tracer);
  }

  /** What lies in the store. */
  public static List<Table<?>> tables() {
    return List.of(WellStores.WELLS, WellStores.SITES, WellStores.PLANES);
  }

  /** The store that this stage needs; it also reads the global table of announcements. */
  public static Set<StoreBuilder<? extends StateStore>> storeBuilders() {
    return WellStores.builders();
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.copyOf(storeBuilders());
  }
}
