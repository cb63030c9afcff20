package io.dcmix.core.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.scoring.SiteTicket.Explain;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One version of a model takes another's place while sites are scored, and a shadow's model that never answers harms nobody. */
@Timeout(30)
class ModelExchangeTest {
  private static final CountDownLatch OPEN = new CountDownLatch(0);
  private static final ScorerConfig SMALL = new ScorerConfig(1, 4, 1 << 10, 1, Duration.ofMillis(1));

  private final AtomicInteger given = new AtomicInteger();

  private static ModelCard cardOf(String version, String sha256, List<String> channels) {
    int n = channels.size();
    return new ModelCard("m", version, sha256, channels, List.of("no", "hit"), "hit", PixelType.UINT8, 1, 1,
        Collections.nCopies(n, 1.0), Collections.nCopies(n, 0.0), Collections.nCopies(n, 1.0), Map.of());
  }

  /** A model whose runs begin, and then wait until they may end. Its logit tells its version. */
  private static final class Held implements SiteModel {
    private final ModelCard card;
    private final CountDownLatch mayEnd;
    private final LinkedBlockingQueue<Boolean> began = new LinkedBlockingQueue<>();

    Held(String version, CountDownLatch mayEnd) {
      this(cardOf(version, "sha-" + version, List.of("A")), mayEnd);
    }

    Held(ModelCard card, CountDownLatch mayEnd) {
      this.card = card;
      this.mayEnd = mayEnd;
    }

    @Override
    public ModelCard card() {
      return card;
    }

    @Override
    public String device() {
      return "cpu";
    }

    @Override
    public boolean reproducible() {
      return true;
    }

    @Override
    public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) {
      began.add(explain);
      try {
        mayEnd.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      double logit = Integer.parseInt(card.version());
      return List.of(new SiteScore(new double[] {0, logit}, new double[] {0, 1}, new double[] {1}, explain ? new double[] {logit} : null));
    }

    @Override
    public void close() {}
  }

  private PooledSiteScorer scorer(ActiveModel active) {
    return new PooledSiteScorer(active, false, pointer -> ByteBuffer.wrap(new byte[] {7}),
        (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target), QualityPolicy.FLAG_ALL, SMALL, ScoringMeter.NONE);
  }

  private static boolean submit(PooledSiteScorer scorer, int site, Explain explain) {
    SitePlane plane = new SitePlane("A", new PlaneFormat(1, 1, PixelType.UINT8, Encoding.RAW), new PlanePointer.InTopic("t", 0, site, 1, "sha"));
    return scorer.submit(new SiteTicket(new SiteId("0_0", 1, WellKey.of("P", "1", "A01", 0), site), 1, explain), List.of(plane));
  }

  private static List<SiteOutcome.Scored> await(PooledSiteScorer scorer, int outcomes) {
    List<SiteOutcome.Scored> all = new ArrayList<>();
    while (all.size() < outcomes) {
      scorer.drain("0_0", 1).forEach(outcome -> all.add((SiteOutcome.Scored) outcome));
      Thread.onSpinWait();
    }
    return all;
  }

  @Test
  void aRunThatBeganEndsWithItsVersionExplanationIncludedAndTheNextIsTheNewOnes() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    Held old = new Held("1", mayEnd);
    ActiveModel active = new ActiveModel(List.of(old), SMALL, given::incrementAndGet);
    try (PooledSiteScorer scorer = scorer(active)) {
      submit(scorer, 1, Explain.IF_HIT);
      assertThat(old.began.take()).as("the plain run of the old version").isFalse();
      active.replace(List.of(new Held("2", OPEN)), () -> {});
      assertThat(active.get().card().version()).isEqualTo("2");
      assertThat(given).as("the old version is still running").hasValue(0);
      mayEnd.countDown();
      SiteOutcome.Scored first = await(scorer, 1).getFirst();
      assertThat(first.modelSha256()).isEqualTo("sha-1");
      assertThat(first.score().importance()).as("explained by the version that scored").containsExactly(1);
      submit(scorer, 2, Explain.IF_HIT);
      SiteOutcome.Scored second = await(scorer, 1).getFirst();
      assertThat(second.modelSha256()).isEqualTo("sha-2");
      assertThat(second.score().importance()).containsExactly(2);
    }
    assertThat(given).hasValue(1);
  }

  @Test
  void aReplacedVersionIsGivenUpWithItsLastLeaseAndTheLastOneWhenTheLaneCloses() {
    ActiveModel active = new ActiveModel(List.of(new Held("1", OPEN)), SMALL, given::incrementAndGet);
    ActiveModel.Lease one = active.lease();
    ActiveModel.Lease two = active.lease();
    active.replace(List.of(new Held("2", OPEN)), () -> given.addAndGet(10));
    one.close();
    assertThat(given).hasValue(0);
    two.close();
    assertThat(given).hasValue(1);
    ActiveModel.Lease running = active.lease();
    active.close();
    active.close();
    assertThat(given).as("its run is not over").hasValue(1);
    running.close();
    assertThat(given).hasValue(11);
  }

  @Test
  void aVersionThatComesAfterTheLaneClosedIsGivenUpAtOnceAndTheOldOneNotTwice() {
    ActiveModel active = new ActiveModel(List.of(new Held("1", OPEN)), SMALL, given::incrementAndGet);
    active.close();
    active.replace(List.of(new Held("2", OPEN)), () -> given.addAndGet(10));
    assertThat(given).hasValue(11);
    assertThat(active.get().card().version()).isEqualTo("1");
  }

  @Test
  void aVersionThatDoesNotFitTheLaneIsRefusedAndTheOldOneGoesOn() {
    ActiveModel active = ActiveModel.of(List.of(new Held("1", OPEN)), SMALL);
    SiteModel other = new Held(cardOf("2", "sha-2", List.of("B", "C")), OPEN);
    assertThatThrownBy(() -> active.replace(List.of(other), given::incrementAndGet))
        .hasMessage("It does not fit the lane: channels [B, C] instead of [A]");
    assertThatThrownBy(() -> active.replace(List.of(new Held("2", OPEN), new Held("2", OPEN)), given::incrementAndGet))
        .hasMessage("It runs on [cpu, cpu] and the lane on [cpu]");
    assertThat(active.get().card().version()).isEqualTo("1");
    assertThat(given).as("it is its loader's to give up").hasValue(0);
  }

  @Test
  void whatIsRefusedIsRememberedUntilTheVersionThatShallServeServes() {
    ActiveModel active = ActiveModel.of(List.of(new Held("1", OPEN)), SMALL);
    active.refuse("m 2: no such file");
    assertThat(active.refusal()).isEqualTo("m 2: no such file");
    active.settle();
    assertThat(active.refusal()).isNull();
    active.refuse("m 2: no such file");
    active.replace(List.of(new Held("3", OPEN)), () -> {});
    assertThat(active.refusal()).isNull();
  }

  @Test
  void aShadowWhoseModelNeverAnswersDelaysNoSiteOfTheActiveLane() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Held standing = new Held("9", never);
    SharedDevices devices = new SharedDevices(1);
    ActiveModel active = ActiveModel.of(devices.ofLane(List.of(new Held("1", OPEN)), 0), SMALL);
    ActiveModel shadow = ActiveModel.of(devices.ofLane(List.of(standing), 1), SMALL);
    try (PooledSiteScorer live = scorer(active); PooledSiteScorer behind = scorer(shadow)) {
      int taken = 0;
      while (submit(behind, taken, Explain.NO)) {
        taken++;
      }
      standing.began.take();
      assertThat(taken).as("its pool bounds what it holds").isBetween(1, 4);
      assertThat(behind.awaitRoom(Duration.ZERO)).as("the shadow is under back pressure").isFalse();
      for (int site = 0; site < 100; site++) {
        assertThat(submit(live, site, Explain.YES)).as("the active lane is not").isTrue();
        await(live, 1);
      }
      assertThat(live.awaitRoom(Duration.ZERO)).isTrue();
      assertThat(behind.drain("0_0", 1)).isEmpty();
      never.countDown();
      assertThat(await(behind, taken)).extracting(SiteOutcome.Scored::modelSha256).containsOnly("sha-9");
    }
  }
}
