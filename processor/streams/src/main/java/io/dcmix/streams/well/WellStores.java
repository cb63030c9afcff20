package io.dcmix.streams.well;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.AvroSerde;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The state of the wells of one task: one key a well, a site and a plane, so that a change writes only what changed.
 * Never pixels.
 */
final class WellStores {
  static final String WELLS = "wells";
  static final String SITES = "sites";
  static final String PLANES = "planes";

  private final KeyValueStore<String, WellState> wells;
  private final KeyValueStore<String, SiteState> sites;
  private final KeyValueStore<String, PlaneState> planes;

  WellStores(ProcessorContext<?, ?> context) {
    wells = context.getStateStore(WELLS);
    sites = context.getStateStore(SITES);
    planes = context.getStateStore(PLANES);
  }

  static Set<StoreBuilder<? extends StateStore>> builders() {
    return Set.of(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(WELLS), Serdes.String(), AvroSerde.of(WellState.class)).withCachingEnabled(),
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(SITES), Serdes.String(), AvroSerde.of(SiteState.class)).withCachingEnabled(),
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(PLANES), Serdes.String(), AvroSerde.of(PlaneState.class)).withCachingEnabled());
  }

  @Nullable WellState well(String well) {
    return wells.get(well);
  }

  void put(String well, WellState state) {
    wells.put(well, state);
  }

  void forgetWell(String well) {
    wells.delete(well);
  }

  /** A cursor over all wells; the caller closes it. */
  KeyValueIterator<String, WellState> allWells() {
    return wells.all();
  }

  @Nullable SiteState site(String well, int site) {
    return sites.get(siteKey(well, site));
  }

  void put(String well, int site, SiteState state) {
    sites.put(siteKey(well, site), state);
  }

  /** The sites that were seen, by ascending number. */
  SortedMap<Integer, SiteState> sitesOf(String well) {
    SortedMap<Integer, SiteState> found = new TreeMap<>();
    try (KeyValueIterator<String, SiteState> all = sites.prefixScan(well + "/", new StringSerializer())) {
      all.forEachRemaining(entry -> found.put(Integer.parseInt(entry.key.substring(well.length() + 1)), entry.value));
    }
    return found;
  }

  @Nullable PlaneState plane(String well, int site, String channel) {
    return planes.get(siteKey(well, site) + "/" + channel);
  }

  void put(String well, int site, String channel, PlaneState state) {
    planes.put(siteKey(well, site) + "/" + channel, state);
  }

  /** The planes of a site that were seen, by channel. */
  Map<String, PlaneState> planesOf(String well, int site) {
    String prefix = siteKey(well, site) + "/";
    Map<String, PlaneState> found = new TreeMap<>();
    try (KeyValueIterator<String, PlaneState> all = planes.prefixScan(prefix, new StringSerializer())) {
      all.forEachRemaining(entry -> found.put(entry.key.substring(prefix.length()), entry.value));
    }
    return found;
  }

  /** Forgets the planes and sites of a well, but not the well. */
  void forgetDetails(String well) {
    deleteAll(sites, well + "/");
    deleteAll(planes, well + "/");
  }

  private static <T> void deleteAll(KeyValueStore<String, T> store, String prefix) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, T> all = store.prefixScan(prefix, new StringSerializer())) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(store::delete);
  }

  private static String siteKey(String well, int site) {
    return well + "/" + site;
  }

  /** The text under which a well is kept. */
  static String key(WellKey well) {
    return well.toString();
  }
}
