package io.dcmix.core.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class DirectSiteScorerTest {
  private static final ModelCard CARD =
      new ModelCard("m", "1", "00", List.of("A", "B"), List.of("no", "hit"), "hit", PixelType.UINT8, 1, 2,
          List.of(1.0, 1.0), List.of(0.0, 0.0), List.of(1.0, 1.0), Map.of());
  private static final int POISON = 99;

  private final Map<PlanePointer, ByteBuffer> topic = new ConcurrentHashMap<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private volatile boolean gated;
  private volatile boolean broken;
  private volatile boolean noMemory;

  @Test
  void scoresTheChannelsInTheModelsOrderFromMemoryOrByPointer() {
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      List<SitePlane> site = site(1, 3, 5);
      topic.clear();
      scorer.offer(site.get(0).pointer(), payload(3));
      topic.put(site.get(1).pointer(), payload(5));
      assertThat(scorer.submit(ticket(1), site)).isTrue();
      SiteOutcome.Scored scored = (SiteOutcome.Scored) next(scorer, 1).getFirst();
      assertThat(scored.score().logits()).containsExactly(3, 5);
      assertThat(scored.device()).isEqualTo("fake");
    }
  }

  @Test
  void aCorruptOrExpiredPlaneFailsItsSiteAndNamesTheChannel() {
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      List<SitePlane> corrupt = site(1, 3, 5);
      topic.put(corrupt.get(1).pointer(), ByteBuffer.allocate(1));
      scorer.submit(ticket(1), corrupt);
      List<SitePlane> expired = site(2, 3, 5);
      topic.remove(expired.get(0).pointer());
      scorer.submit(ticket(2), expired);
      List<SiteOutcome> outcomes = next(scorer, 2);
      assertThat(outcomes).extracting(o -> ((SiteOutcome.Failed) o).reason())
          .containsExactly(FailureReason.CORRUPT_PLANE, FailureReason.SOURCE_EXPIRED);
      assertThat(outcomes).extracting(o -> ((SiteOutcome.Failed) o).channel()).containsExactly("B", "A");
    }
  }

  @Test
  void aPoisonSiteFailsAloneWhenTheCanaryPasses() {
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      scorer.submit(ticket(1), site(1, POISON, 5));
      scorer.submit(ticket(2), site(2, 3, 5));
      List<SiteOutcome> outcomes = next(scorer, 2);
      assertThat(((SiteOutcome.Failed) outcomes.getFirst()).reason()).isEqualTo(FailureReason.MODEL_FAILED);
      assertThat(outcomes.getLast()).isInstanceOf(SiteOutcome.Scored.class);
    }
  }

  @Test
  void publishesNothingWhenTheCanaryFailsToo() {
    broken = true;
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      scorer.submit(ticket(1), site(1, 3, 5));
      assertThatThrownBy(() -> next(scorer, 1)).isInstanceOf(DeviceSickException.class).hasMessageContaining("blank site");
    }
  }

  @Test
  void aWorkerThatCannotEvenStartIsSaidAloud() {
    noMemory = true;
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      scorer.submit(ticket(1), site(1, 3, 5));
      assertThatThrownBy(() -> next(scorer, 1)).isInstanceOf(DeviceSickException.class).hasMessageContaining("direct buffer memory");
    }
  }

  @Test
  void refusesWhatItHasNoRoomForAndTakesItLater() {
    gated = true;
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      int taken = 0;
      while (scorer.submit(ticket(taken), site(taken, 1, 2))) {
        taken++;
      }
      assertThat(taken).isBetween(2, 100);
      assertThat(scorer.awaitRoom(Duration.ofMillis(1))).isFalse();
      gate.countDown();
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
      assertThat(scorer.submit(ticket(taken), site(taken, 1, 2))).isTrue();
      assertThat(next(scorer, taken + 1)).hasSize(taken + 1);
    }
  }

  @Test
  void aForgottenTaskGetsNothingAndGivesItsRoomBack() {
    gated = true;
    try (DirectSiteScorer scorer = scorer(1, 1 << 20)) {
      int taken = 0;
      while (scorer.submit(ticket(taken), site(taken, 1, 2))) {
        taken++;
      }
      scorer.forget("0_0", 1);
      assertThat(scorer.awaitRoom(Duration.ofSeconds(30))).isTrue();
      gate.countDown();
      SiteTicket other = new SiteTicket("0_0", 2, WellKey.of("P", "1", "A01", 0), 1, 1);
      scorer.submit(other, site(500, 1, 2));
      List<SiteOutcome> got = new ArrayList<>();
      await(() -> got.addAll(scorer.drain("0_0", 2)) || !got.isEmpty());
      assertThat(got).extracting(SiteOutcome::ticket).containsExactly(other);
      assertThat(scorer.drain("0_0", 1)).isEmpty();
    }
  }

  @Test
  void theCacheNeverHoldsMoreThanItsBudgetAndDropsTheOldest() {
    PlaneCache cache = new PlaneCache(10);
    List<SitePlane> planes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      planes.add(site(i, 1, 2).getFirst());
      cache.put(planes.get(i).pointer(), ByteBuffer.allocate(4));
      assertThat(cache.bytes()).isLessThanOrEqualTo(10);
    }
    assertThat(cache.take(planes.get(3).pointer())).isNull();
    assertThat(cache.take(planes.get(5).pointer())).isNotNull();
    cache.put(planes.get(0).pointer(), ByteBuffer.allocate(11));
    assertThat(cache.take(planes.get(0).pointer())).as("larger than the budget").isNull();
  }

  private DirectSiteScorer scorer(int threads, long cacheBytes) {
    PlaneSource source = pointer -> {
      ByteBuffer payload = topic.get(pointer);
      if (payload == null) {
        throw new SourceExpiredException("gone");
      }
      return payload.duplicate();
    };
    return new DirectSiteScorer(new FakeModel(), source, DirectSiteScorerTest::decode, threads, cacheBytes, false);
  }

  private static void decode(SitePlane plane, ByteBuffer payload, ByteBuffer target) throws CorruptPlaneException {
    PlaneDecoder.decode(plane.format(), payload, target);
  }

  private List<SitePlane> site(int offset, int a, int b) {
    List<SitePlane> planes = new ArrayList<>();
    int[] values = {a, b};
    for (int c = 0; c < 2; c++) {
      PlanePointer pointer = new PlanePointer.InTopic("t", 0, offset * 2L + c, 2, "sha");
      topic.put(pointer, payload(values[c]));
      planes.add(new SitePlane(CARD.channels().get(c), new PlaneFormat(2, 1, PixelType.UINT8, Encoding.RAW), pointer));
    }
    return planes;
  }

  private static ByteBuffer payload(int value) {
    return ByteBuffer.wrap(new byte[] {(byte) value, (byte) value});
  }

  private static SiteTicket ticket(int site) {
    return new SiteTicket("0_0", 1, WellKey.of("P", "1", "A01", 0), site, 1);
  }

  private static List<SiteOutcome> next(SiteScorer scorer, int count) {
    List<SiteOutcome> outcomes = new ArrayList<>();
    await(() -> {
      outcomes.addAll(scorer.drain("0_0", 1));
      return outcomes.size() >= count;
    });
    return outcomes;
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("half a minute").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Logits are the first pixel of each channel. */
  private final class FakeModel implements SiteModel {
    @Override
    public ModelCard card() {
      if (noMemory) {
        throw new OutOfMemoryError("Cannot reserve direct buffer memory");
      }
      return CARD;
    }

    @Override
    public String device() {
      return "fake";
    }

    @Override
    public boolean reproducible() {
      return true;
    }

    @Override
    public List<SiteScore> score(ByteBuffer pixels, int sites, boolean explain) throws InferenceException {
      if (gated) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new InferenceException("closed", e);
        }
      }
      if (broken || pixels.get(0) == POISON) {
        throw new InferenceException("cannot", new IllegalStateException());
      }
      return List.of(new SiteScore(new double[] {pixels.get(0), pixels.get(2)}, new double[] {0.5, 0.5}, new double[] {0.5, 0.5}, null));
    }

    @Override
    public void close() {}
  }
}
