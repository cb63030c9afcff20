package io.dcmix.streams.well;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.AvroSerde;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The state of the wells of one task: one row a well, a site and a plane, so that a change writes only what changed.
 * Never pixels.
 *
 * <p>The wells that were in use last are also kept as objects, because a well is read again with each of its planes. Every
 * change goes to the stores at once, but for one: a later arrival and nothing else is written once a second.
 *
 * <p>Not thread-safe: one per life of a task. What is handed out may be changed and counts when it is put.
 */
final class WellStores {
  static final String STORE = "well-state";
  static final Table<WellState> WELLS = new Table<>(STORE, "wells", AvroSerde.of(WellState.class));
  static final Table<SiteState> SITES = new Table<>(STORE, "sites", AvroSerde.of(SiteState.class));
  static final Table<PlaneState> PLANES = new Table<>(STORE, "planes", AvroSerde.of(PlaneState.class));

  /** Some kilobytes each; more wells than that are rarely in the making at once. */
  private static final int OPEN_WELLS = 2048;

  private static final long ARRIVAL_STEP_MILLIS = 1000;

  /** How the key of a plane goes on after its site where the focal plane is not 0; else it is the channel. */
  private static final Pattern FOCAL_PLANE = Pattern.compile("/(?<z>[0-9]{1,9})/(?<channel>.+)", Pattern.DOTALL);

  private final TableRows<WellState> wells;
  private final TableRows<SiteState> sites;
  private final TableRows<PlaneState> planes;

  private final Map<String, OpenWell> open = new LinkedHashMap<>(64, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, OpenWell> eldest) {
      return size() > OPEN_WELLS;
    }
  };

  /** A well as the stores have it, but for a late arrival time that is not worth a write. */
  private static final class OpenWell {
    private @Nullable WellState state;
    private @Nullable WellState written;
    private final SortedMap<Integer, SiteState> sites = new TreeMap<>();
    private final Map<Integer, Map<String, SortedMap<Integer, PlaneState>>> planes = new TreeMap<>();

    Map<String, SortedMap<Integer, PlaneState>> planesOf(int site) {
      return planes.computeIfAbsent(site, number -> new TreeMap<>());
    }

    void put(int site, String channel, int z, PlaneState state) {
      planesOf(site).computeIfAbsent(channel, name -> new TreeMap<>()).put(z, state);
    }
  }

  WellStores(ProcessorContext<?, ?> context) {
    wells = WELLS.in(context);
    sites = SITES.in(context);
    planes = PLANES.in(context);
  }

  static Set<StoreBuilder<? extends StateStore>> builders() {
    return Set.of(Table.storeBuilder(STORE));
  }

  private OpenWell open(String well) {
    OpenWell known = open.get(well);
    return known == null ? load(well) : known;
  }

  private OpenWell load(String well) {
    OpenWell loaded = new OpenWell();
    loaded.state = wells.get(well);
    if (loaded.state != null) {
      loaded.written = copy(loaded.state, loaded.state.getLastArrival());
      sites.forEach(well + "/", (key, site) -> loaded.sites.put(Integer.parseInt(key.substring(well.length() + 1)), site));
      planes.forEach(well + "/", (key, plane) -> {
        int slash = key.indexOf('/', well.length() + 1);
        int site = Integer.parseInt(key.substring(well.length() + 1, slash));
        String rest = key.substring(slash + 1);
        Matcher focal = FOCAL_PLANE.matcher(rest);
        if (focal.matches()) {
          loaded.put(site, focal.group("channel"), Integer.parseInt(focal.group("z")), plane);
        } else {
          loaded.put(site, rest, 0, plane);
        }
      });
    }
    open.put(well, loaded);
    return loaded;
  }

  @Nullable WellState well(String well) {
    WellState state = open(well).state;
    return state == null ? null : copy(state, state.getLastArrival());
  }

  void put(String well, WellState state) {
    OpenWell known = open(well);
    known.state = copy(state, state.getLastArrival());
    if (known.written == null || worthWriting(known.written, state)) {
      known.written = known.state;
      wells.put(well, state);
    }
  }

  private static boolean worthWriting(WellState before, WellState now) {
    if (now.getLastArrival() - before.getLastArrival() >= ARRIVAL_STEP_MILLIS) {
      return true;
    }
    return !copy(before, now.getLastArrival()).equals(now);
  }

  /** By the constructor: Avro's builder checks and copies each field for itself, and this is done four times an image. */
  private static WellState copy(WellState well, long lastArrival) {
    return new WellState(
        well.getLife(), well.getRevision(), well.getDeadlineReached(), lastArrival, well.getUnknownChannel(), well.getConflict(), well.getImplausibleTime());
  }

  void forgetWell(String well) {
    open.remove(well);
    wells.delete(well);
  }

  /** A cursor over all wells; the caller closes it. */
  KeyValueIterator<String, WellState> allWells() {
    return wells.all();
  }

  @Nullable SiteState site(String well, int site) {
    return open(well).sites.get(site);
  }

  void put(String well, int site, SiteState state) {
    open(well).sites.put(site, state);
    sites.put(siteKey(well, site), state);
  }

  /** The sites that were seen, by ascending number. */
  SortedMap<Integer, SiteState> sitesOf(String well) {
    return new TreeMap<>(open(well).sites);
  }

  @Nullable PlaneState plane(String well, int site, String channel, int z) {
    SortedMap<Integer, PlaneState> ofChannel = open(well).planesOf(site).get(channel);
    return ofChannel == null ? null : ofChannel.get(z);
  }

  void put(String well, int site, String channel, int z, PlaneState state) {
    open(well).put(site, channel, z, state);
    planes.put(siteKey(well, site) + (z == 0 ? "/" : "//" + z + "/") + channel, state);
  }

  /** The planes of a site that were seen, by channel and focal plane. */
  Map<String, SortedMap<Integer, PlaneState>> planesOf(String well, int site) {
    Map<String, SortedMap<Integer, PlaneState>> copy = new TreeMap<>();
    open(well).planesOf(site).forEach((channel, ofChannel) -> copy.put(channel, new TreeMap<>(ofChannel)));
    return copy;
  }

  /**
   * The planes that the image of a complete site is made of: for each channel those of its focal planes.
   *
   * @param focalPlanes of each channel, in their order; empty: 0 alone
   * @param channels the model's
   */
  Map<String, SortedMap<Integer, PlaneState>> imagesOf(
      String well, int site, List<List<Integer>> focalPlanes, List<String> channels) {
    Map<String, SortedMap<Integer, PlaneState>> all = open(well).planesOf(site);
    Map<String, SortedMap<Integer, PlaneState>> images = new LinkedHashMap<>();
    for (int c = 0; c < channels.size(); c++) {
      String channel = channels.get(c);
      SortedMap<Integer, PlaneState> image = new TreeMap<>();
      for (int z : focalPlanes.isEmpty() ? List.of(0) : focalPlanes.get(c)) {
        PlaneState plane = all.getOrDefault(channel, Collections.emptySortedMap()).get(z);
        if (plane == null) {
          throw new IllegalStateException("Site %d of %s is complete without channel %s, focal plane %d".formatted(site, well, channel, z));
        }
        image.put(z, plane);
      }
      images.put(channel, image);
    }
    return images;
  }

  /** Forgets the planes and sites of a well, but not the well. */
  void forgetDetails(String well) {
    open.remove(well);
    sites.deleteAll(well + "/");
    planes.deleteAll(well + "/");
  }

  private static String siteKey(String well, int site) {
    return well + "/" + site;
  }

  /** The text under which a well is kept. */
  static String key(WellKey well) {
    return well.toString();
  }
}
