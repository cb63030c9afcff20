package io.dcmix.streams.well;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.SiteId;
import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.scoring.SitePlane;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The complete sites of a task on their way through the scorer: one flight per site; a site that changed in flight flies
 * again. An index only: what is pending stands in the stores.
 *
 * <p>Not thread-safe: one per life of a task.
 */
final class SiteFlights {
  private static final AtomicLong GENERATIONS = new AtomicLong();

  private final SiteScorer scorer;
  private final ModelCard model;
  private final WellStores stores;
  private final String task;
  private final ExplainPolicy explain;
  private final long generation = GENERATIONS.incrementAndGet();
  private final Deque<Place> waiting = new ArrayDeque<>();
  private final Set<Place> flying = new HashSet<>();

  private record Place(String well, int site) {}

  SiteFlights(SiteScorer scorer, ModelCard model, WellStores stores, String task, ExplainPolicy explain) {
    this.scorer = scorer;
    this.model = model;
    this.stores = stores;
    this.task = task;
    this.explain = explain;
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
        if (!scorer.submit(new SiteTicket(siteId(well, id.site()), site.getVersion(), wanted), planes(id))) {
          return;
        }
        flying.add(id);
      }
      waiting.remove();
    }
  }

  private List<SitePlane> planes(Place id) {
    Map<String, PlaneState> planes = stores.planesOf(id.well(), id.site());
    List<SitePlane> ordered = new ArrayList<>();
    for (String channel : model.channels()) {
      PlaneState plane = planes.get(channel);
      if (plane == null) {
        throw new IllegalStateException("Site " + id + " is complete without channel " + channel);
      }
      ordered.add(sitePlane(channel, plane));
    }
    return ordered;
  }

  /** Takes the outcomes that are there into the ledger. */
  void land(WellLedger ledger) {
    for (SiteOutcome outcome : scorer.drain(task, generation)) {
      SiteId site = outcome.ticket().site();
      Place id = new Place(WellStores.key(site.well()), site.site());
      flying.remove(id);
      if (!ledger.record(outcome)) {
        waiting.add(id);
      }
    }
  }

  /** Ends this life: what flies will find nobody. */
  void abandon() {
    scorer.forget(task, generation);
  }

  /** Gives a plane that came to the scorer, before its site is complete. */
  void offer(ImageIntake.Plane plane) {
    scorer.offer(siteId(plane.well(), plane.site()), sitePlane(plane.channel(), plane.state()), plane.payload());
  }

  private SiteId siteId(WellKey well, int site) {
    return new SiteId(task, generation, well, site);
  }

  private static SitePlane sitePlane(String channel, PlaneState plane) {
    return new SitePlane(channel, ImageIntake.format(plane), pointer(plane));
  }

  private static PlanePointer pointer(PlaneState plane) {
    String uri = plane.getUri();
    return uri == null
        ? new PlanePointer.InTopic(plane.getTopicId(), plane.getPartition(), plane.getOffset(), plane.getSize(), plane.getSha256())
        : new PlanePointer.AtUri(uri, plane.getSize(), plane.getSha256());
  }
}
