package io.dcmix.streams.well;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.scoring.ServedModel;
import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.core.wells.DuplicateChannels;
import io.dcmix.core.wells.Manifest;
import io.dcmix.core.wells.PlaneChoice;
import io.dcmix.core.wells.SiteAssembly;
import io.dcmix.core.wells.SitePlan;
import io.dcmix.core.wells.WellScore;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import io.dcmix.schema.state.WellLife;
import io.dcmix.schema.state.WellState;
import io.dcmix.streams.ScreeningConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps in the life of a well, each a change of the stores:
 *
 * <pre>
 *   image ─▶ ASSEMBLING ──all planes of a site──▶ SCORING ──all sites ended──▶ DONE(revision) ──late window──▶ EXPIRED
 *                ▲  └──────────deadline: missing sites fail──────────┘  ▲              │
 *                └───────────────────────────a late image──────────────┴──────────────┘
 * </pre>
 *
 * <p>Not thread-safe: one per life of a task.
 */
final class WellLedger {
  private final WellStores stores;
  private final Announcements<Manifest> manifests;
  private final Supplier<ServedModel> served;
  /** Of the version that the lane began with; those that take its place have the same channels and images. */
  private final ModelCard model;
  private final WellResults results;
  private final ScreeningConfig screening;
  private final Listener listener;
  private final BiConsumer<WellKey, WellOutput> forward;

  /** Who is told what became pending or done, to keep the index of it. */
  interface Listener {
    /** A site has all its planes and no result. */
    void complete(String well, int site);

    /** A well's result is outstanding. */
    void pending(String well);

    /** A well's result is out; it was last touched at this append time. */
    void done(String well, long lastArrival);
  }

  WellLedger(
      WellStores stores, Announcements<Manifest> manifests, Supplier<ServedModel> served, WellResults results, ScreeningConfig screening, Listener listener,
      BiConsumer<WellKey, WellOutput> forward) {
    this.stores = stores;
    this.manifests = manifests;
    this.served = served;
    this.model = served.get().card();
    this.results = results;
    this.screening = screening;
    this.listener = listener;
    this.forward = forward;
  }

  // ---- images come in ----

  /** Takes note of an image of a channel that the model does not know. */
  void leaveOut(ImageIntake.Unused unused, long arrival) {
    String key = WellStores.key(unused.well());
    WellState well = open(key, arrival);
    if (well.getLife() == WellLife.EXPIRED || well.getUnknownChannel()) {
      return;
    }
    well.setUnknownChannel(true);
    Manifest manifest = manifests.of(unused.well().plate().toString());
    boolean alreadyFlagged = manifest != null && manifest.hasChannelsBeyond(model.channels());
    if (well.getLife() == WellLife.DONE && alreadyFlagged) {
      stores.put(key, well);
    } else {
      touch(key, well);
      settle(unused.well());
    }
  }

  /** Puts a plane in its place. Returns whether its payload is of use now: it is all of its channel's image. */
  boolean take(ImageIntake.Plane plane, long arrival) {
    String key = WellStores.key(plane.well());
    WellState well = open(key, arrival);
    if (well.getLife() == WellLife.EXPIRED) {
      late(plane.well(), well, plane.site(), plane.channel());
      return false;
    }
    PlaneState here = stores.plane(key, plane.site(), plane.channel(), plane.z());
    PlaneChoice choice = PlaneChoice.of(here, plane.state());
    if (choice == PlaneChoice.DUPLICATE) {
      return false;
    }
    List<Integer> image = focalPlanes(plane);
    if (!counts(plane, image)) {
      keep(key, plane, choice, here);
      if (well.getLife() == WellLife.ASSEMBLING) {
        // A well of which nothing else comes must still end, and say that it has no usable image.
        touch(key, well);
      }
      return false;
    }
    boolean conflict = choice == PlaneChoice.CONFLICT_REPLACES || choice == PlaneChoice.CONFLICT_KEEPS;
    boolean newlyFlagged = (conflict && !well.getConflict()) || (plane.implausibleTime() && !well.getImplausibleTime());
    well.setConflict(well.getConflict() || conflict);
    well.setImplausibleTime(well.getImplausibleTime() || plane.implausibleTime());
    keep(key, plane, choice, here);
    if (choice == PlaneChoice.CONFLICT_KEEPS && !hasDuplicate(key, plane.site())) {
      if (newlyFlagged) {
        touch(key, well);
        settle(plane.well());
      }
      return false;
    }
    well.setDeadlineReached(false);
    touch(key, well);
    reassemble(plane.well(), plane.site(), true);
    settle(plane.well());
    return image != null && image.equals(List.of(plane.z()));
  }

  /** The focal planes that make the image of a plane's channel, now that it is here; null if they are not known yet. */
  private @Nullable List<Integer> focalPlanes(ImageIntake.Plane plane) {
    Map<String, SortedMap<Integer, PlaneState>> came = stores.planesOf(WellStores.key(plane.well()), plane.site());
    came.computeIfAbsent(plane.channel(), channel -> new TreeMap<>()).put(plane.z(), plane.state());
    return plan(plane.well(), plane.site(), false).focalPlanes(plane.channel(), came);
  }

  /** Whether a plane can change the result: its focal plane makes the image, or may, or did when there was no announcement. */
  private boolean counts(ImageIntake.Plane plane, @Nullable List<Integer> image) {
    if (image == null || image.contains(plane.z())) {
      return true;
    }
    SiteState site = stores.site(WellStores.key(plane.well()), plane.site());
    if (site == null) {
      return manifests.of(plane.well().plate().toString()) == null;
    }
    List<List<Integer>> made = site.getFocalPlanes();
    return !made.isEmpty() && made.get(model.channels().indexOf(plane.channel())).contains(plane.z());
  }

  private SitePlan plan(WellKey key, int site, boolean ended) {
    return new SitePlan(screening.focal(), manifests.of(key.plate().toString()), key, site, ended);
  }

  /** Puts a plane in its place, or beside the one that is there. */
  private void keep(String key, ImageIntake.Plane plane, PlaneChoice choice, @Nullable PlaneState here) {
    switch (choice) {
      case NEW, REPAIRS -> stores.put(key, plane.site(), plane.channel(), plane.z(), plane.state());
      case CONFLICT_REPLACES -> {
        addRunnerUp(plane.state(), Objects.requireNonNull(here));
        stores.put(key, plane.site(), plane.channel(), plane.z(), plane.state());
      }
      case CONFLICT_KEEPS -> {
        PlaneState winner = Objects.requireNonNull(here);
        addRunnerUp(winner, plane.state());
        stores.put(key, plane.site(), plane.channel(), plane.z(), winner);
      }
      case DUPLICATE -> {}
    }
  }

  /** Remembers the better of the images that lost, so that the order in which a broken one came does not matter. */
  private static void addRunnerUp(PlaneState winner, PlaneState loser) {
    PlaneState second = loser.getRunnerUp();
    PlaneState known = winner.getRunnerUp();
    for (PlaneState candidate : Arrays.asList(loser, second)) {
      if (candidate != null && candidate.getProblem() == null
          && (known == null || candidate.getSha256().compareTo(known.getSha256()) < 0)) {
        known = candidate;
      }
    }
    if (known != null) {
      winner.setRunnerUp(PlaneState.newBuilder(known).setRunnerUp(null).build());
    }
  }

  private WellState open(String key, long arrival) {
    WellState well = stores.well(key);
    if (well == null) {
      return WellState.newBuilder().setLife(WellLife.ASSEMBLING).setRevision(0).setLastArrival(arrival).build();
    }
    well.setLastArrival(Math.max(well.getLastArrival(), arrival));
    return well;
  }

  /** The well changed, so its result, if there is one, no longer stands. */
  private void touch(String key, WellState well) {
    well.setLife(WellLife.ASSEMBLING);
    stores.put(key, well);
    listener.pending(key);
  }

  private void late(WellKey key, WellState well, int site, String channel) {
    well.setRevision(well.getRevision() + 1);
    stores.put(WellStores.key(key), well);
    forward.accept(key, new WellOutput.Failed(WellResults.failure(served.get().card(), key, well, site, channel, FailureReason.LATE,
        "Site %d, channel %s: the image came after the late window, when the well's state was already given up".formatted(site, channel),
        "Publish the plate under a new acquisition id to score it again.")));
  }

  // ---- sites ----

  /** Decides again what a site is, after its planes changed or the manifest did. */
  private void reassemble(WellKey key, int number, boolean planesChanged) {
    String well = WellStores.key(key);
    SiteState before = stores.site(well, number);
    SiteState.Builder site =
        newSite().setVersion((before == null ? 0 : before.getVersion()) + 1).setStatus(SiteStatus.ASSEMBLING);
    boolean complete = false;
    switch (assembly(key, number, false)) {
      case SiteAssembly.Waiting _ -> {
        boolean waitedBefore = before != null && before.getStatus() == SiteStatus.ASSEMBLING && before.getModelSha256().equals(newest());
        if (!planesChanged || waitedBefore) {
          return;
        }
      }
      case SiteAssembly.Broken broken -> fail(site, broken);
      case SiteAssembly.Complete images -> {
        site.setStatus(SiteStatus.COMPLETE).setFocalPlanes(images.focalPlanes());
        complete = true;
      }
    }
    stores.put(well, number, site.build());
    if (complete) {
      listener.complete(well, number);
    }
  }

  private SiteAssembly assembly(WellKey key, int number, boolean ended) {
    String well = WellStores.key(key);
    while (true) {
      SiteAssembly assembly = SiteAssembly.of(model.channels(), judged(stores.planesOf(well, number)), plan(key, number, ended));
      DuplicateChannels twice = assembly instanceof SiteAssembly.Complete complete ? refusedDuplicate(well, number, complete) : null;
      if (twice == null) {
        return assembly;
      }
      // Which of them is wrong, nobody knows; one that has another choice gives way.
      if (!promoteRunnerUp(well, number, twice.second(), twice.secondZ()) && !promoteRunnerUp(well, number, twice.first(), twice.firstZ())) {
        return new SiteAssembly.Broken(FailureReason.DUPLICATE_CHANNEL, twice.second(),
            "channel %s has the same bytes as channel %s".formatted(twice.second(), twice.first()));
      }
    }
  }

  private @Nullable DuplicateChannels refusedDuplicate(String well, int number, SiteAssembly.Complete complete) {
    return screening.quality().duplicate() == QualityPolicy.Action.REFUSE
        ? DuplicateChannels.of(stores.imagesOf(well, number, complete.focalPlanes(), model.channels()))
        : null;
  }

  private boolean hasDuplicate(String well, int number) {
    SiteState site = stores.site(well, number);
    return site != null && site.getReason() == FailureReason.DUPLICATE_CHANNEL;
  }

  private static void fail(SiteState.Builder site, SiteAssembly.Broken broken) {
    site.setStatus(SiteStatus.FAILED).setReason(broken.reason()).setChannel(broken.channel()).setMessage(broken.message());
  }

  private SiteState.Builder newSite() {
    return SiteState.newBuilder().setModelSha256(newest());
  }

  /** SHA-256 of the model that serves now. */
  private String newest() {
    return served.get().card().sha256();
  }

  /** Planes as this model sees them: whether their size and type fit may have been decided for another. */
  private Map<String, SortedMap<Integer, PlaneState>> judged(Map<String, SortedMap<Integer, PlaneState>> planes) {
    planes.forEach((channel, ofChannel) -> ofChannel.values().forEach(plane -> {
      FailureReason stored = plane.getProblem();
      if (stored == null || stored == FailureReason.WRONG_SIZE || stored == FailureReason.WRONG_PIXEL_TYPE) {
        ImageIntake.Problem problem = ImageIntake.unfit(model, plane.getPixelType(), plane.getWidth(), plane.getHeight());
        plane.setProblem(problem == null ? null : problem.reason());
        plane.setProblemText(problem == null ? null : "channel " + channel + ": " + problem.text());
      }
    }));
    return planes;
  }

  /**
   * Takes in what the scorer says of a site.
   *
   * @return false if it is stale: the site changed since, and must be scored again
   */
  boolean record(SiteOutcome outcome) {
    WellKey key = outcome.ticket().site().well();
    String well = WellStores.key(key);
    int number = outcome.ticket().site().site();
    SiteState site = stores.site(well, number);
    if (site == null || site.getStatus() != SiteStatus.COMPLETE) {
      return true;
    }
    if (site.getVersion() != outcome.ticket().version()) {
      return false;
    }
    if (site.getExplain() && outcome instanceof SiteOutcome.Scored scored && !scored.modelSha256().equals(site.getModelSha256())) {
      // Another version explains another score.
      reassemble(key, number, true);
      settle(key);
      return true;
    }
    if (site.getExplain()) {
      // Its score stands; only the explanation was wanted, and a well without one is better than none.
      double[] importance = outcome instanceof SiteOutcome.Scored scored ? scored.score().importance() : null;
      site.setStatus(SiteStatus.SCORED);
      site.setImportance(importance == null ? null : list(importance));
      stores.put(well, number, site);
      settle(key);
      return true;
    }
    switch (outcome) {
      case SiteOutcome.Scored scored -> {
        double[] importance = scored.score().importance();
        site.setStatus(SiteStatus.SCORED);
        site.setModelSha256(scored.modelSha256());
        site.setLogits(list(scored.score().logits()));
        site.setProbabilities(list(scored.score().probabilities()));
        site.setContribution(list(scored.score().contribution()));
        site.setImportance(importance == null ? null : list(importance));
        site.setDevice(scored.device());
        site.setQuality(scored.quality());
      }
      case SiteOutcome.Failed failed -> {
        String channel = failed.channel();
        if (channel != null && promoteRunnerUp(well, number, channel, failed.z())) {
          reassemble(key, number, true);
          settle(key);
          return true;
        }
        site.setStatus(SiteStatus.FAILED);
        site.setReason(failed.reason());
        site.setMessage(channel == null ? failed.message() : "channel " + channel + ": " + failed.message());
        site.setChannel(channel);
        site.setQuality(failed.quality());
        if (channel != null) {
          refuse(well, number, channel, failed.z(), failed.reason(), site.getMessage());
        }
      }
    }
    stores.put(well, number, site);
    settle(key);
    return true;
  }

  /** Lets the next choice take the place of a plane that turned out to be unusable. Returns whether there is one. */
  private boolean promoteRunnerUp(String well, int site, String channel, int z) {
    PlaneState plane = stores.plane(well, site, channel, z);
    PlaneState next = plane == null ? null : plane.getRunnerUp();
    if (next == null) {
      return false;
    }
    stores.put(well, site, channel, z, next);
    return true;
  }

  /** Marks a plane that turned out to be unusable, so that a good image for the same place wins, whatever its hash. */
  private void refuse(String well, int site, String channel, int z, FailureReason reason, @Nullable String message) {
    PlaneState plane = stores.plane(well, site, channel, z);
    if (plane != null) {
      plane.setProblem(reason);
      plane.setProblemText(message);
      stores.put(well, site, channel, z, plane);
    }
  }

  // ---- wells ----

  /** Looks at a well again after its announcement changed. */
  void reconsider(WellKey key) {
    stores.sitesOf(WellStores.key(key)).forEach((number, site) -> {
      if (site.getStatus() == SiteStatus.ASSEMBLING) {
        reassemble(key, number, false);
      }
    });
    settle(key);
  }

  /** Emits the well's result if all its sites have ended and the last result no longer stands. */
  private void settle(WellKey key) {
    String name = WellStores.key(key);
    WellState well = stores.well(name);
    if (well == null || well.getLife() == WellLife.DONE || well.getLife() == WellLife.EXPIRED) {
      return;
    }
    ServedModel now = served.get();
    SortedMap<Integer, SiteState> sites = ofOneModel(key, stores.sitesOf(name), now.card().sha256());
    boolean scoring = sites.values().stream().anyMatch(site -> site.getStatus() == SiteStatus.COMPLETE);
    boolean assembling = sites.values().stream().anyMatch(site -> site.getStatus() == SiteStatus.ASSEMBLING);
    Manifest manifest = manifests.of(key.plate().toString());
    Set<Integer> expected = manifest == null ? Set.of() : manifest.sitesOf(key.well(), key.timepoint(), model.channels());
    if (!scoring && !assembling) {
      endAbsentSites(key, expected, sites);
    }
    boolean allHere = !expected.isEmpty() && sites.keySet().containsAll(expected);
    if (scoring || assembling || !(allHere || well.getDeadlineReached())) {
      WellLife life = scoring ? WellLife.SCORING : WellLife.ASSEMBLING;
      if (well.getLife() != life) {
        well.setLife(life);
        stores.put(name, well);
      }
      return;
    }
    if (screening.explain().wells() == ExplainPolicy.Wells.HITS && askForExplanation(name, sites)) {
      well.setLife(WellLife.SCORING);
      stores.put(name, well);
      return;
    }
    well.setRevision(well.getRevision() + 1);
    well.setLife(WellLife.DONE);
    stores.put(name, well);
    listener.done(name, well.getLastArrival());
    boolean unknownChannels = well.getUnknownChannel() || (manifest != null && manifest.hasChannelsBeyond(model.channels()));
    boolean focusFailure = manifest != null && manifest.focusFailed(key.well(), key.timepoint());
    results
        .of(new WellResults.Settled(
            now, key, well, sites, expected.isEmpty() ? null : expected.size(), unknownChannels, focusFailure,
            site -> stores.imagesOf(name, site, Objects.requireNonNull(sites.get(site)).getFocalPlanes(), model.channels())))
        .forEach(output -> forward.accept(key, output));
  }

  /**
   * Sends the sites of a hit that have no importance yet to the scorer once more: those that alone are none. Returns whether
   * there are any.
   */
  private boolean askForExplanation(String well, SortedMap<Integer, SiteState> sites) {
    List<SiteState> scored = sites.values().stream().filter(site -> site.getStatus() == SiteStatus.SCORED).toList();
    if (scored.isEmpty() || scored.size() < screening.minSites() || WellScore.of(scored, model.hitIndex()).hitLogit() <= 0) {
      return false;
    }
    boolean asked = false;
    for (Map.Entry<Integer, SiteState> entry : sites.entrySet()) {
      SiteState site = entry.getValue();
      if (site.getStatus() == SiteStatus.SCORED && site.getImportance() == null && !site.getExplain()) {
        site.setStatus(SiteStatus.COMPLETE);
        site.setExplain(true);
        stores.put(well, entry.getKey(), site);
        listener.complete(well, entry.getKey());
        asked = true;
      }
    }
    return asked;
  }

  /** A well is never made of sites that different models decided: those of another than this start over from their planes. */
  private SortedMap<Integer, SiteState> ofOneModel(WellKey key, SortedMap<Integer, SiteState> sites, String sha256) {
    List<Integer> outdated = new ArrayList<>();
    sites.forEach((number, site) -> {
      if (!site.getModelSha256().equals(sha256)) {
        outdated.add(number);
      }
    });
    outdated.forEach(number -> reassemble(key, number, true));
    return outdated.isEmpty() ? sites : stores.sitesOf(WellStores.key(key));
  }

  /** Sites of which no plane will ever come have ended before they began. */
  private void endAbsentSites(WellKey key, Set<Integer> expected, SortedMap<Integer, SiteState> sites) {
    for (int number : expected) {
      if (!sites.containsKey(number) && assembly(key, number, false) instanceof SiteAssembly.Broken broken) {
        SiteState.Builder absent = newSite().setVersion(1);
        fail(absent, broken);
        SiteState ended = absent.build();
        stores.put(WellStores.key(key), number, ended);
        sites.put(number, ended);
      }
    }
  }

  /**
   * Ends a well that waited long enough: what is missing by now counts as missing, and where nothing was announced, what came is
   * what there is.
   */
  void endIncomplete(WellKey key) {
    String name = WellStores.key(key);
    WellState well = stores.well(name);
    if (well == null || well.getLife() != WellLife.ASSEMBLING) {
      return;
    }
    SortedMap<Integer, SiteState> sites = stores.sitesOf(name);
    Manifest manifest = manifests.of(key.plate().toString());
    Set<Integer> numbers = new HashSet<>(sites.keySet());
    if (manifest != null) {
      numbers.addAll(manifest.sitesOf(key.well(), key.timepoint(), model.channels()));
    }
    for (int number : numbers) {
      SiteState site = sites.get(number);
      if (site == null || site.getStatus() == SiteStatus.ASSEMBLING) {
        end(key, number, site);
      }
    }
    well.setDeadlineReached(true);
    stores.put(name, well);
    settle(key);
  }

  private void end(WellKey key, int number, @Nullable SiteState before) {
    String well = WellStores.key(key);
    SiteState.Builder site = newSite().setVersion(before == null ? 1 : before.getVersion() + 1);
    boolean complete = false;
    switch (assembly(key, number, true)) {
      case SiteAssembly.Waiting(List<SiteAssembly.Missing> missing) -> {
        String channels = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
        fail(site, new SiteAssembly.Broken(
            FailureReason.MISSING_PLANE, missing.getFirst().channel(),
            "no image of %s %s came within %s after the well's last image"
                .formatted(missing.size() == 1 ? "channel" : "channels", channels, screening.wellDeadline())));
      }
      case SiteAssembly.Broken broken -> fail(site, broken);
      case SiteAssembly.Complete images -> {
        site.setStatus(SiteStatus.COMPLETE).setFocalPlanes(images.focalPlanes());
        complete = true;
      }
    }
    stores.put(well, number, site.build());
    if (complete) {
      listener.complete(well, number);
    }
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
