package io.dcmix.streams.well;

import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.SiteId;
import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.scoring.SitePlane;
import io.dcmix.core.scoring.SitePlane.Layer;
import io.dcmix.core.scoring.SiteScorer;
import io.dcmix.core.scoring.SiteTicket;
import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The complete sites of a task on their way through the scorer: one flight per site; a site that changed in flight flies
 * again. An index only: what is pending stands in the stores.
 *
 * <p>Not thread-safe: one per life of a task.
 */
final class SiteFlights {
  private static final AtomicLong GENERATIONS = new AtomicLong();

  private final SiteScorer scorer;
  private final List<String> channels;
  private final WellStores stores;
  private final String task;
  private final ExplainPolicy explain;
  private final WellTracer.@Nullable Task traces;
  private final long generation = GENERATIONS.incrementAndGet();
  private final Deque<Place> waiting = new ArrayDeque<>();
  private final Set<Place> flying = new HashSet<>();

  private record Place(String well, int site) {}

  SiteFlights(SiteScorer scorer, List<String> channels, WellStores stores, String task, ExplainPolicy explain, WellTracer.@Nullable Task traces) {
    this.scorer = scorer;
    this.channels = channels;
    this.stores = stores;
    this.task = task;
    this.explain = explain;
    this.traces = traces;
  }

  boolean idle() {
    return waiting.isEmpty() && flying.isEmpty();
  }

  /** Complete sites that the scorer has not taken yet. */
  int waiting() {
    return waiting.size();
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  void enqueue(String well, int site) {
    waiting.add(new Place(well, site));
  }

  /** Hands waiting sites to the scorer while it has room. */
  void submit() {
    while (!waiting.isEmpty()) {
      Place id = waiting.element();
      SiteState site = stores.site(id.well(), id.site());
      if (site != null && site.getStatus() == SiteStatus.COMPLETE && !flying.contains(id)) {
        WellKey well = WellKey.parse(id.well());
        Explain wanted = site.getExplain() ? Explain.YES : explain.first(well);
        if (!scorer.submit(new SiteTicket(siteId(well, id.site()), site.getVersion(), wanted), images(id, site))) {
          return;
        }
        flying.add(id);
      }
      waiting.remove();
    }
  }

  private List<SitePlane> images(Place id, SiteState site) {
    List<SitePlane> images = new ArrayList<>();
    stores.imagesOf(id.well(), id.site(), site.getFocalPlanes(), channels).forEach((channel, planes) -> {
      List<Layer> layers = new ArrayList<>();
      planes.forEach((z, plane) -> layers.add(layer(z, plane)));
      images.add(new SitePlane(channel, layers));
    });
    return images;
  }

  /** Takes the outcomes that are there into the ledger. */
  void land(WellLedger ledger) {
    for (SiteOutcome outcome : scorer.drain(task, generation)) {
      SiteId site = outcome.ticket().site();
      Place id = new Place(WellStores.key(site.well()), site.site());
      flying.remove(id);
      if (traces != null) {
        traces.landed(outcome);
      }
      if (!ledger.record(outcome)) {
        waiting.add(id);
      }
    }
  }

  /** Ends this life: what flies will find nobody. */
  void abandon() {
    scorer.forget(task, generation);
  }

  /** Gives a plane that came, and that is all of its channel's image, to the scorer, before its site is complete. */
  void offer(ImageIntake.Plane plane) {
    SitePlane image = new SitePlane(plane.channel(), List.of(layer(plane.z(), plane.state())));
    scorer.offer(siteId(plane.well(), plane.site()), image, plane.payload());
  }

  private SiteId siteId(WellKey well, int site) {
    return new SiteId(task, generation, well, site);
  }

  private static Layer layer(int z, PlaneState plane) {
    return new Layer(z, ImageIntake.format(plane), pointer(plane));
  }

  private static PlanePointer pointer(PlaneState plane) {
    String uri = plane.getUri();
    return uri == null
        ? new PlanePointer.InTopic(plane.getTopicId(), plane.getPartition(), plane.getOffset(), plane.getSize(), plane.getSha256())
        : new PlanePointer.AtUri(uri, plane.getSize(), plane.getSha256());
  }
}
