package io.dcmix.core.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.PlaneQuality;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scorer on a model of two channels with images of 1 × 2 pixels, whose logits are the first pixel of each channel. */
class PooledSiteScorerTest {
  private static final ModelCard CARD =
      new ModelCard("m", "1", "00", List.of("A", "B"), List.of("no", "hit"), "hit", PixelType.UINT8, 1, 2,
          List.of(1.0, 1.0), List.of(0.0, 0.0), List.of(1.0, 1.0), Map.of());
  private static final int SITE_BYTES = 4;
  private static final int POISON = 99;

  private final Map<PlanePointer, ByteBuffer> topic = new ConcurrentHashMap<>();
  private final List<PlanePointer> reads = Collections.synchronizedList(new ArrayList<>());
  private final List<List<Byte>> slabs = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger evictions = new AtomicInteger();
  private CountDownLatch gate = new CountDownLatch(0);
  private CountDownLatch decoderGate = new CountDownLatch(0);
  private boolean timed;
  private QualityPolicy policy = QualityPolicy.FLAG_ALL;
  private volatile boolean broken;
  private volatile boolean noMemory;

  // ---- where pixels come from ----

  @Test
  void decodesPlanesAsTheyComeAndReadsNoneAgain() {
    try (PooledSiteScorer scorer = scorer(100)) {
      for (int n = 0; n < 50; n++) {
        List<SitePlane> planes = site(n, n, n + 1);
        offer(scorer, n, planes.get(0));
        offer(scorer, n, planes.get(1));
        awaitSubmit(scorer, n, planes);
      }
      assertThat(logits(next(scorer, 50))).containsExactlyInAnyOrderEntriesOf(expected(50));
      assertThat(reads).isEmpty();
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  @Test
  void readsWhatWasNeverOfferedThroughItsPointer() {
    try (PooledSiteScorer scorer = scorer(2)) {
      List<SitePlane> planes = site(1, 3, 5);
      offer(scorer, 1, planes.get(0));
      assertThat(scorer.submit(ticket(1), planes)).isTrue();
      SiteOutcome.Scored scored = (SiteOutcome.Scored) next(scorer, 1).getFirst();
      assertThat(scored.score().logits()).containsExactly(3, 5);
      assertThat(scored.device()).isEqualTo("fake");
      assertThat(reads).containsExactly(planes.get(1).pointer());
    }
  }

  @Test
  void fetchesAReferredPlaneWhenItComes() {
    try (PooledSiteScorer scorer = scorer(2)) {
      List<SitePlane> planes = site(1, 3, 5);
      scorer.offer(id(1), planes.get(0), null);
      scorer.offer(id(1), planes.get(1), null);
      await(() -> reads.size() == 2);
      assertThat(scorer.submit(ticket(1), planes)).isTrue();
      assertThat(logits(next(scorer, 1))).containsEntry(1, List.of(3.0, 5.0));
      assertThat(reads).containsExactlyInAnyOrder(planes.get(0).pointer(), planes.get(1).pointer());
    }
  }

  @Test
  void scoresAPlateThatComesChannelByChannelThroughAPoolOfAFewSites() {
    int sites = 40;
    try (PooledSiteScorer scorer = scorer(8)) {
      List<List<SitePlane>> plate = new ArrayList<>();
      for (int n = 0; n < sites; n++) {
        plate.add(site(n, n, n + 1));
        offer(scorer, n, plate.get(n).get(0));
      }
      for (int n = 0; n < sites; n++) {
        offer(scorer, n, plate.get(n).get(1));
        awaitSubmit(scorer, n, plate.get(n));
      }
      assertThat(logits(next(scorer, sites))).containsExactlyInAnyOrderEntriesOf(expected(sites));
      assertThat(reads).as("most of the plate does not fit").isNotEmpty();
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  @Test
  void getsByWithAPoolOfOneSiteThoughAnIncompleteOneHoldsIt() {
    try (PooledSiteScorer scorer = scorer(1)) {
      List<SitePlane> never = site(0, 1, 1);
      offer(scorer, 0, never.get(0));
      for (int n = 1; n < 20; n++) {
        List<SitePlane> planes = site(n, n, n + 1);
        offer(scorer, n, planes.get(0));
        offer(scorer, n, planes.get(1));
        awaitSubmit(scorer, n, planes);
      }
      Map<Integer, List<Double>> wanted = expected(20);
      wanted.remove(0);
      assertThat(logits(next(scorer, 19))).containsExactlyInAnyOrderEntriesOf(wanted);
      assertThat(evictions).hasPositiveValue();
    }
  }

  @Test
  void takesAPlaneThatReplacesAnotherWhileThatIsStillBeingDecoded() {
    decoderGate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(2)) {
      List<SitePlane> first = site(1, 3, 5);
      List<SitePlane> second = site(2, 8, 9);
      offer(scorer, 1, first.get(0));
      offer(scorer, 1, first.get(1));
      List<SitePlane> mixed = List.of(second.get(0), first.get(1));
      assertThat(scorer.submit(ticket(1), mixed)).isTrue();
      decoderGate.countDown();
      assertThat(logits(next(scorer, 1))).containsEntry(1, List.of(8.0, 5.0));
    }
  }

  @Test
  void doesNotTouchASiteThatIsBeingScored() {
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(2)) {
      List<SitePlane> planes = site(1, 3, 5);
      assertThat(scorer.submit(ticket(1), planes)).isTrue();
      offer(scorer, 1, site(2, 8, 9).get(0));
      gate.countDown();
      assertThat(logits(next(scorer, 1))).containsEntry(1, List.of(3.0, 5.0));
    }
  }

  @Test
  void aFileThatIsLateHoldsUpNobodyElse() {
    CountDownLatch late = new CountDownLatch(1);
    PlaneSource source = pointer -> {
      if (pointer instanceof PlanePointer.AtUri) {
        pass(late);
      }
      return read(pointer);
    };
    ScorerConfig backlogOfOnePlane = new ScorerConfig(1, 4L * SITE_BYTES, 2, 1, Duration.ofMillis(2));
    try (PooledSiteScorer scorer = new PooledSiteScorer(
        active(backlogOfOnePlane, "fake"), false, source, PooledSiteScorerTest::decode, QualityPolicy.FLAG_ALL, backlogOfOnePlane,
        ScoringMeter.NONE)) {
      List<SitePlane> inline = site(1, 3, 5);
      PlanePointer file = new PlanePointer.AtUri("file:///late.raw", 2, "sha");
      topic.put(file, topic.get(inline.get(0).pointer()));
      List<SitePlane> referred = List.of(new SitePlane("A", inline.get(0).format(), file), inline.get(1));
      assertThat(scorer.submit(ticket(1), referred)).isTrue();
      assertThat(scorer.submit(ticket(2), site(2, 8, 9))).isTrue();
      assertThat(logits(next(scorer, 1))).containsOnlyKeys(2).containsEntry(2, List.of(8.0, 9.0));
      late.countDown();
      assertThat(logits(next(scorer, 1))).containsOnlyKeys(1).containsEntry(1, List.of(3.0, 5.0));
    }
  }

  @Test
  void aFileThatNeverComesGivesBackOnlyWhatItTook() {
    ScorerConfig backlogOfOnePlane = new ScorerConfig(1, 4L * SITE_BYTES, 2, 1, Duration.ofMillis(2));
    try (PooledSiteScorer scorer = new PooledSiteScorer(
        active(backlogOfOnePlane, "fake"), false, this::read, PooledSiteScorerTest::decode, QualityPolicy.FLAG_ALL, backlogOfOnePlane,
        ScoringMeter.NONE)) {
      List<SitePlane> inline = site(1, 3, 5);
      SitePlane missing = new SitePlane("A", inline.get(0).format(), new PlanePointer.AtUri("file:///missing.raw", 2, "sha"));
      assertThat(scorer.submit(ticket(1), List.of(missing, inline.get(1)))).isTrue();
      assertThat(next(scorer, 1)).singleElement().isInstanceOf(SiteOutcome.Failed.class);
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
      for (int n = 2; n < 10; n++) {
        awaitSubmit(scorer, n, site(n, n, n + 1));
      }
      assertThat(logits(next(scorer, 8))).hasSize(8);
    }
  }

  @Test
  void aCorruptOrExpiredPlaneFailsItsSiteAndNamesTheChannel() {
    try (PooledSiteScorer scorer = scorer(8)) {
      List<SitePlane> corrupt = site(1, 3, 5);
      topic.put(corrupt.get(1).pointer(), ByteBuffer.allocate(1));
      scorer.submit(ticket(1), corrupt);
      List<SitePlane> expired = site(2, 3, 5);
      topic.remove(expired.get(0).pointer());
      scorer.submit(ticket(2), expired);
      List<SitePlane> corruptOnArrival = site(3, 3, 5);
      scorer.offer(id(3), corruptOnArrival.get(0), ByteBuffer.allocate(7));
      scorer.submit(ticket(3), corruptOnArrival);
      Map<Integer, SiteOutcome.Failed> failed = new HashMap<>();
      next(scorer, 3).forEach(outcome -> failed.put(outcome.ticket().site().site(), (SiteOutcome.Failed) outcome));
      assertThat(failed.get(1)).extracting("reason", "channel").containsExactly(FailureReason.CORRUPT_PLANE, "B");
      assertThat(failed.get(2)).extracting("reason", "channel").containsExactly(FailureReason.SOURCE_EXPIRED, "A");
      assertThat(failed.get(3)).extracting("reason", "channel").containsExactly(FailureReason.CORRUPT_PLANE, "A");
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  @Property(tries = 40)
  void anImageOfSeveralFocalPlanesIsTheirMaximum(
      @ForAll @IntRange(min = 1, max = 6) int pool, @ForAll @IntRange(min = 1, max = 3) int threads, @ForAll boolean batches, @ForAll int seed) {
    Random random = new Random(seed);
    PooledSiteScorerTest fresh = new PooledSiteScorerTest();
    Map<Integer, List<Double>> maxima = new HashMap<>();
    try (PooledSiteScorer scorer = fresh.scorer(pool, threads, batches ? 3 * SITE_BYTES : 0)) {
      List<SiteOutcome> outcomes = new ArrayList<>();
      for (int n = 0; n < 20; n++) {
        List<SitePlane> images = new ArrayList<>();
        List<Double> expected = new ArrayList<>();
        for (String channel : CARD.channels()) {
          int[] depths = random.ints(1 + random.nextInt(5), 0, 90).toArray();
          images.add(fresh.stack(n, channel, depths, random.nextBoolean()));
          expected.add((double) java.util.Arrays.stream(depths).max().orElseThrow());
        }
        maxima.put(n, expected);
        awaitSubmit(scorer, n, images, outcomes);
      }
      await(() -> {
        outcomes.addAll(scorer.drain("0_0", 1));
        return outcomes.size() == 20;
      });
      assertThat(logits(outcomes)).containsExactlyInAnyOrderEntriesOf(maxima);
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  @Test
  void aFocalPlaneThatCannotBeReadFailsItsSiteAndIsNamed() {
    try (PooledSiteScorer scorer = scorer(2)) {
      SitePlane gone = stack(1, "A", new int[] {3, 9, 4}, false);
      topic.remove(gone.layers().get(1).pointer());
      scorer.submit(ticket(1), List.of(gone, stack(1, "B", new int[] {5}, false)));
      SitePlane corrupt = stack(2, "B", new int[] {3, 9, 4}, true);
      topic.put(corrupt.layers().get(2).pointer(), ByteBuffer.allocate(1));
      scorer.submit(ticket(2), List.of(stack(2, "A", new int[] {5}, false), corrupt));
      Map<Integer, SiteOutcome.Failed> failed = new HashMap<>();
      next(scorer, 2).forEach(outcome -> failed.put(outcome.ticket().site().site(), (SiteOutcome.Failed) outcome));
      assertThat(failed.get(1)).extracting("reason", "channel", "z").containsExactly(FailureReason.SOURCE_EXPIRED, "A", 1);
      assertThat(failed.get(2)).extracting("reason", "channel", "z").containsExactly(FailureReason.CORRUPT_PLANE, "B", 2);
      await(() -> scorer.usage().usedBytes() == 0);
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Property(tries = 60)
  void everySubmittedSiteHasExactlyOneOutcomeOfItsOwnPixels(
      @ForAll @IntRange(min = 1, max = 12) int pool, @ForAll @IntRange(min = 1, max = 4) int threads, @ForAll boolean batches, @ForAll int seed) {
    Random random = new Random(seed);
    int sites = 60;
    PooledSiteScorerTest fresh = new PooledSiteScorerTest();
    try (PooledSiteScorer scorer = fresh.scorer(pool, threads, batches ? 3 * SITE_BYTES : 0)) {
      List<List<SitePlane>> plate = new ArrayList<>();
      List<Integer> order = new ArrayList<>();
      for (int n = 0; n < sites; n++) {
        plate.add(fresh.site(n, n, n + 1));
        order.add(n);
      }
      Collections.shuffle(order, random);
      List<SiteOutcome> outcomes = new ArrayList<>();
      for (int n : order) {
        for (int k = 0; k < 4; k++) {
          int other = random.nextInt(4) == 0 ? random.nextInt(sites) : n;
          SitePlane plane = plate.get(other).get(random.nextInt(2));
          scorer.offer(id(other), plane, random.nextBoolean() ? fresh.topic.get(plane.pointer()) : null);
        }
        fresh.awaitSubmit(scorer, n, plate.get(n), outcomes);
      }
      await(() -> {
        outcomes.addAll(scorer.drain("0_0", 1));
        return outcomes.size() >= sites;
      });
      assertThat(outcomes).hasSize(sites);
      assertThat(logits(outcomes)).containsExactlyInAnyOrderEntriesOf(expected(sites));
    }
  }

  // ---- batches ----

  private static long zeros(List<Byte> slab) {
    return slab.stream().filter(b -> b == 0).count();
  }

  @Test
  void runsBatchesOfOneShapeFilledUpWithZeros() {
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(20, 1, 4 * SITE_BYTES)) {
      for (int n = 1; n <= 7; n++) {
        assertThat(scorer.submit(ticket(n), site(n, n, n))).isTrue();
      }
      await(() -> reads.size() == 14);
      gate.countDown();
      assertThat(logits(next(scorer, 7))).hasSize(7).containsEntry(7, List.of(7.0, 7.0));
      assertThat(slabs).allSatisfy(slab -> assertThat(slab).hasSize(4 * SITE_BYTES));
      // Whether the first batch waits for a fourth site is a matter of time.
      assertThat(slabs.stream().mapToLong(PooledSiteScorerTest::zeros).sum()).as("7 sites do not fill batches of 4: %s", slabs)
          .isEqualTo(slabs.size() * 4L * SITE_BYTES - 7L * SITE_BYTES);
      assertThat(slabs).allSatisfy(slab -> assertThat(slab.subList((int) (slab.size() - zeros(slab)), slab.size())).allMatch(b -> b == 0));
    }
  }

  @Test
  void aPoisonSiteInABatchFailsAloneAndTheRestComesOut() {
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(20, 1, 4 * SITE_BYTES)) {
      for (int n = 1; n <= 4; n++) {
        assertThat(scorer.submit(ticket(n), site(n, n == 3 ? POISON : n, n))).isTrue();
      }
      gate.countDown();
      List<SiteOutcome> outcomes = next(scorer, 4);
      assertThat(outcomes).filteredOn(o -> o instanceof SiteOutcome.Failed).singleElement()
          .satisfies(o -> assertThat(((SiteOutcome.Failed) o).reason()).isEqualTo(FailureReason.MODEL_FAILED))
          .satisfies(o -> assertThat(o.ticket()).isEqualTo(ticket(3)));
      assertThat(logits(outcomes)).containsOnlyKeys(1, 2, 4);
    }
  }

  @Test
  void severalDevicesTakeFromOneQueue() {
    ScorerConfig config = new ScorerConfig(1, 40 * SITE_BYTES, 1 << 20, SITE_BYTES, Duration.ofMillis(1));
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = new PooledSiteScorer(
        active(config, "fake:0", "fake:1"), true, this::read, PooledSiteScorerTest::decode, QualityPolicy.FLAG_ALL, config,
        ScoringMeter.NONE)) {
      for (int n = 0; n < 4; n++) {
        assertThat(scorer.submit(ticket(n), site(n, n, n))).isTrue();
      }
      await(() -> running.get() == 2);
      gate.countDown();
      List<SiteOutcome> outcomes = next(scorer, 4);
      assertThat(outcomes).extracting(o -> ((SiteOutcome.Scored) o).device()).contains("fake:0", "fake:1");
    }
  }

  // ---- explanations ----

  @Test
  void explainsWhatTheTicketAsksFor() {
    for (int slab : new int[] {0, 4 * SITE_BYTES}) {
      try (PooledSiteScorer scorer = scorer(20, 1, slab)) {
        scorer.submit(new SiteTicket(id(1), 1, Explain.NO), site(1, 1, 9));
        scorer.submit(new SiteTicket(id(2), 1, Explain.IF_HIT), site(2, 9, 1));
        scorer.submit(new SiteTicket(id(3), 1, Explain.IF_HIT), site(3, 1, 9));
        scorer.submit(new SiteTicket(id(4), 1, Explain.YES), site(4, 9, 1));
        Map<Integer, double[]> importance = new HashMap<>();
        Map<Integer, Double> logit = new HashMap<>();
        for (SiteOutcome outcome : next(scorer, 4)) {
          SiteScore score = ((SiteOutcome.Scored) outcome).score();
          importance.put(outcome.ticket().site().site(), score.importance());
          logit.put(outcome.ticket().site().site(), score.logits()[0]);
        }
        assertThat(importance.get(1)).isNull();
        assertThat(importance.get(2)).as("no hit").isNull();
        assertThat(importance.get(3)).as("a hit").containsExactly(1, 9);
        assertThat(importance.get(4)).containsExactly(9, 1);
        // The fake model adds a thousandth to explained logits, as other kernels may for other shapes.
        assertThat(logit.get(3)).as("the plain score stands").isEqualTo(1.0);
        assertThat(logit.get(4)).isEqualTo(9.001);
      }
    }
  }

  // ---- devices ----

  @Test
  void aPoisonSiteFailsAloneWhenTheCanaryPasses() {
    try (PooledSiteScorer scorer = scorer(8)) {
      scorer.submit(ticket(1), site(1, POISON, 5));
      scorer.submit(ticket(2), site(2, 3, 5));
      Map<Integer, SiteOutcome> outcomes = new HashMap<>();
      next(scorer, 2).forEach(outcome -> outcomes.put(outcome.ticket().site().site(), outcome));
      assertThat(((SiteOutcome.Failed) outcomes.get(1)).reason()).isEqualTo(FailureReason.MODEL_FAILED);
      assertThat(outcomes.get(2)).isInstanceOf(SiteOutcome.Scored.class);
    }
  }

  @Test
  void publishesNothingWhenTheCanaryFailsToo() {
    broken = true;
    try (PooledSiteScorer scorer = scorer(8)) {
      scorer.submit(ticket(1), site(1, 3, 5));
      assertThatThrownBy(() -> next(scorer, 1)).isInstanceOf(DeviceSickException.class).hasMessageContaining("blank site");
    }
  }

  @Test
  void anUnexpectedErrorOfAWorkerIsSaidAloud() {
    noMemory = true;
    try (PooledSiteScorer scorer = scorer(8)) {
      scorer.submit(ticket(1), site(1, 3, 5));
      assertThatThrownBy(() -> next(scorer, 1)).isInstanceOf(DeviceSickException.class).hasMessageContaining("direct buffer memory");
    }
  }

  // ---- bounds ----

  @Test
  void refusesWhatItHasNoRoomForAndTakesItLater() {
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(1000)) {
      int taken = 0;
      while (scorer.submit(ticket(taken), site(taken, 1, 2))) {
        taken++;
      }
      assertThat(taken).isBetween(2, 100);
      assertThat(scorer.awaitRoom(Duration.ofMillis(1))).isFalse();
      assertThat(scorer.usage().completeSites()).isEqualTo(taken);
      gate.countDown();
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
      assertThat(scorer.submit(ticket(taken), site(taken, 1, 2))).isTrue();
      assertThat(next(scorer, taken + 1)).hasSize(taken + 1);
    }
  }

  @Test
  void saysThatItHasNoRoomWhileTooManyImagesWaitToBeDecoded() {
    decoderGate = new CountDownLatch(1);
    ScorerConfig config = new ScorerConfig(1, 100 * SITE_BYTES, 10, SITE_BYTES, Duration.ofMillis(1));
    try (PooledSiteScorer scorer = new PooledSiteScorer(
        active(config, "fake"), false, this::read, this::gatedDecode, QualityPolicy.FLAG_ALL, config, ScoringMeter.NONE)) {
      for (int n = 0; n < 5; n++) {
        assertThat(scorer.awaitRoom(Duration.ZERO)).isTrue();
        offer(scorer, n, site(n, 1, 2).get(0));
      }
      assertThat(scorer.awaitRoom(Duration.ofMillis(1))).as("5 images of 2 bytes").isFalse();
      decoderGate.countDown();
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aPoolThatHoldsNoSiteIsRefused() {
    assertThatThrownBy(() -> new PooledSiteScorer(active(ScorerConfig.DEFAULT, "fake"), false, this::read, PooledSiteScorerTest::decode, QualityPolicy.FLAG_ALL,
        ScorerConfig.DEFAULT.withPoolBytes(SITE_BYTES - 1), ScoringMeter.NONE)).hasMessageContaining("one site of 4 bytes");
  }

  @Test
  void aForgottenTaskGetsNothingAndGivesItsRoomBack() {
    gate = new CountDownLatch(1);
    try (PooledSiteScorer scorer = scorer(1000)) {
      int taken = 0;
      while (scorer.submit(ticket(taken), site(taken, 1, 2))) {
        taken++;
      }
      offer(scorer, 900, site(900, 1, 2).get(0));
      scorer.forget("0_0", 1);
      gate.countDown();
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
      SiteTicket other = new SiteTicket(new SiteId("0_0", 2, WellKey.of("P", "1", "A01", 0), 1), 1, Explain.NO);
      scorer.submit(other, site(500, 1, 2));
      List<SiteOutcome> got = new ArrayList<>();
      await(() -> got.addAll(scorer.drain("0_0", 2)) || !got.isEmpty());
      assertThat(got).extracting(SiteOutcome::ticket).containsExactly(other);
      assertThat(scorer.drain("0_0", 1)).isEmpty();
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  // ---- image quality ----

  @Test
  void tellsWhatTheImagesLookLikeWhetherTheyWereHeldOrReadAgain() {
    try (PooledSiteScorer scorer = scorer(10)) {
      List<SitePlane> held = site(1, 3, 5);
      offer(scorer, 1, held.get(0));
      offer(scorer, 1, held.get(1));
      awaitSubmit(scorer, 1, held);
      awaitSubmit(scorer, 2, site(2, 3, 5));
      List<SiteOutcome> outcomes = next(scorer, 2);
      assertThat(outcomes).extracting(outcome -> outcome.ticket().site().site()).containsExactlyInAnyOrder(1, 2);
      assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.quality()).containsExactly(
          new PlaneQuality(outcome.ticket().site().site(), "A", 3, 3, 3.0, 0.0, 0.0, 0.0, 0.0),
          new PlaneQuality(outcome.ticket().site().site(), "B", 5, 5, 5.0, 0.0, 0.0, 0.0, 0.0)));
      assertThat(reads).hasSize(2);
    }
  }

  @Test
  void doesNotRunTheModelOnASiteThatThePolicyRefuses() {
    policy = QualityPolicy.DEFAULT;
    try (PooledSiteScorer scorer = scorer(10)) {
      List<SitePlane> planes = site(1, 3, 5);
      topic.put(planes.get(0).pointer(), ByteBuffer.wrap(new byte[] {3, 4}));
      awaitSubmit(scorer, 1, planes);
      SiteOutcome.Failed failed = (SiteOutcome.Failed) next(scorer, 1).getFirst();
      assertThat(failed.reason()).isEqualTo(FailureReason.BLANK_CHANNEL);
      assertThat(failed.channel()).isEqualTo("B");
      assertThat(failed.message()).contains("all its pixels are 5");
      assertThat(failed.quality()).extracting(PlaneQuality::getChannel).containsExactly("A", "B");
      assertThat(slabs).isEmpty();
      await(() -> scorer.usage().usedBytes() == 0);
    }
  }

  // ---- times ----

  @Test
  void tellsNoTimesWhereNobodyAsks() {
    try (PooledSiteScorer scorer = scorer(10)) {
      awaitSubmit(scorer, 1, site(1, 3, 5));
      assertThat(next(scorer, 1)).extracting(SiteOutcome::passage).containsOnlyNulls();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4 * SITE_BYTES})
  void tellsWhenASiteWentThroughWhereSomebodyAsks(int slabBytes) {
    timed = true;
    Instant before = Instant.now();
    try (PooledSiteScorer scorer = scorer(10, 1, slabBytes)) {
      List<SitePlane> unreadable = site(1, 3, 5);
      topic.put(unreadable.get(0).pointer(), ByteBuffer.wrap(new byte[] {3}));
      awaitSubmit(scorer, 1, unreadable);
      awaitSubmit(scorer, 2, site(2, 3, 5));
      List<SiteOutcome> outcomes = next(scorer, 2);
      Instant after = Instant.now();
      assertThat(outcomes).allSatisfy(outcome -> {
        SitePassage passage = outcome.passage();
        assertThat(passage.planes()).isEqualTo(2);
        assertThat(passage.decode().from()).isBetween(before.minusMillis(5), passage.decode().to());
        assertThat(passage.decoding()).isPositive().isLessThanOrEqualTo(Duration.between(passage.decode().from(), passage.decode().to()));
        assertThat(outcome.quality()).as("told of as before").isNotEmpty();
        if (outcome instanceof SiteOutcome.Scored) {
          assertThat(passage.sites()).isEqualTo(1);
          assertThat(passage.run().from()).isBetween(passage.decode().to(), passage.run().to());
          assertThat(passage.run().to()).isBeforeOrEqualTo(after.plusMillis(5));
        } else {
          assertThat(passage.run()).as("it came to none").isNull();
          assertThat(passage.sites()).isZero();
        }
      });
      assertThat(outcomes).hasAtLeastOneElementOfType(SiteOutcome.Scored.class).hasAtLeastOneElementOfType(SiteOutcome.Failed.class);
    }
  }

  // ---- the cast ----

  private PooledSiteScorer scorer(int poolSites) {
    return scorer(poolSites, 1, 0);
  }

  /** With a slab of 0 bytes sites are scored one by one. */
  private PooledSiteScorer scorer(int poolSites, int threads, int slabBytes) {
    ScorerConfig config =
        new ScorerConfig(threads, (long) poolSites * SITE_BYTES, 1 << 20, Math.max(1, slabBytes), Duration.ofMillis(2)).withTimes(timed);
    ScoringMeter meter = new ScoringMeter() {
      @Override
      public void evicted() {
        evictions.incrementAndGet();
      }
    };
    return new PooledSiteScorer(active(config, "fake"), slabBytes > 0, this::read, this::gatedDecode, policy, config, meter);
  }

  private ByteBuffer read(PlanePointer pointer) throws SourceExpiredException {
    reads.add(pointer);
    ByteBuffer payload = topic.get(pointer);
    if (payload == null) {
      throw new SourceExpiredException("gone");
    }
    return payload.duplicate();
  }

  private void gatedDecode(SitePlane plane, ByteBuffer payload, ByteBuffer target) throws CorruptPlaneException {
    pass(decoderGate);
    decode(plane, payload, target);
  }

  private static void decode(SitePlane plane, ByteBuffer payload, ByteBuffer target) throws CorruptPlaneException {
    PlaneDecoder.decode(plane.format(), payload, target);
  }

  private List<SitePlane> site(int offset, int a, int b) {
    List<SitePlane> planes = new ArrayList<>();
    int[] values = {a, b};
    for (int c = 0; c < 2; c++) {
      PlanePointer pointer = new PlanePointer.InTopic("t", 0, offset * 2L + c, 2, "sha");
      topic.put(pointer, ByteBuffer.wrap(new byte[] {(byte) values[c], (byte) values[c]}));
      planes.add(new SitePlane(CARD.channels().get(c), new PlaneFormat(2, 1, PixelType.UINT8, Encoding.RAW), pointer));
    }
    return planes;
  }

  /** An image of several focal planes, in the topic or in files. */
  private SitePlane stack(int site, String channel, int[] depths, boolean files) {
    List<SitePlane.Layer> layers = new ArrayList<>();
    for (int z = 0; z < depths.length; z++) {
      PlanePointer pointer = files
          ? new PlanePointer.AtUri("file:///%d-%s-%d.raw".formatted(site, channel, z), 2, "sha")
          : new PlanePointer.InTopic("t", 0, site * 100L + CARD.channels().indexOf(channel) * 10L + z, 2, "sha");
      topic.put(pointer, ByteBuffer.wrap(new byte[] {(byte) depths[z], (byte) depths[z]}));
      layers.add(new SitePlane.Layer(z, new PlaneFormat(2, 1, PixelType.UINT8, Encoding.RAW), pointer));
    }
    return new SitePlane(channel, layers);
  }

  private static SiteId id(int site) {
    return new SiteId("0_0", 1, WellKey.of("P", "1", "A01", 0), site);
  }

  private static SiteTicket ticket(int site) {
    return new SiteTicket(id(site), 1, Explain.NO);
  }

  private void offer(PooledSiteScorer scorer, int site, SitePlane plane) {
    scorer.offer(id(site), plane, topic.get(plane.pointer()));
  }

  private final List<SiteOutcome> early = new ArrayList<>();

  private void awaitSubmit(PooledSiteScorer scorer, int site, List<SitePlane> planes) {
    awaitSubmit(scorer, site, planes, early);
  }

  private void awaitSubmit(PooledSiteScorer scorer, int site, List<SitePlane> planes, List<SiteOutcome> outcomes) {
    await(() -> {
      outcomes.addAll(scorer.drain("0_0", 1));
      return scorer.submit(ticket(site), planes) || (scorer.awaitRoom(Duration.ofMillis(1)) && scorer.submit(ticket(site), planes));
    });
  }

  private List<SiteOutcome> next(SiteScorer scorer, int count) {
    List<SiteOutcome> outcomes = new ArrayList<>(early);
    await(() -> {
      outcomes.addAll(scorer.drain("0_0", 1));
      return outcomes.size() >= count;
    });
    return outcomes;
  }

  private static Map<Integer, List<Double>> expected(int sites) {
    Map<Integer, List<Double>> logits = new HashMap<>();
    for (int n = 0; n < sites; n++) {
      logits.put(n, List.of((double) n, n + 1.0));
    }
    return logits;
  }

  private static Map<Integer, List<Double>> logits(List<SiteOutcome> outcomes) {
    Map<Integer, List<Double>> logits = new HashMap<>();
    for (SiteOutcome outcome : outcomes) {
      if (outcome instanceof SiteOutcome.Scored scored) {
        double[] found = scored.score().logits();
        assertThat(logits.put(outcome.ticket().site().site(), List.of(found[0], found[1]))).as("one outcome a site").isNull();
      }
    }
    return logits;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("half a minute").isLessThan(end);
      LockSupport.parkNanos(100_000);
    }
  }

  private ActiveModel active(ScorerConfig config, String... devices) {
    return ActiveModel.of(Arrays.stream(devices).map(FakeModel::new).toList(), config);
  }

  private static void pass(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Logits are the first pixel of each channel; the importance too. */
  private final class FakeModel implements SiteModel {
    private final String device;

    FakeModel(String device) {
      this.device = device;
    }

    @Override
    public ModelCard card() {
      return CARD;
    }

    @Override
    public String device() {
      return device;
    }

    @Override
    public boolean reproducible() {
      return true;
    }

    @Override
    public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException {
      running.incrementAndGet();
      pass(gate);
      running.decrementAndGet();
      if (noMemory) {
        throw new OutOfMemoryError("Cannot reserve direct buffer memory");
      }
      List<Byte> seen = new ArrayList<>();
      for (int i = 0; i < slab.capacity(); i++) {
        seen.add(slab.get(i));
      }
      slabs.add(seen);
      List<SiteScore> scores = new ArrayList<>();
      for (int n = 0; n < sites; n++) {
        double a = slab.get(n * SITE_BYTES);
        double b = slab.get(n * SITE_BYTES + 2);
        if (broken || a == POISON) {
          throw new InferenceException("cannot", new IllegalStateException());
        }
        double shift = explain ? 0.001 : 0;
        scores.add(new SiteScore(
            new double[] {a + shift, b + shift}, new double[] {0.5, 0.5}, new double[] {0.5, 0.5}, explain ? new double[] {a, b} : null));
      }
      return scores;
    }

    @Override
    public void close() {}
  }
}
