package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellStatus;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows 4, 5, 20, 21, 22 and 26 of the faults: what images look like, and what is done about those that look bad. */
class ImageQualityTest {
  private TestLane lane;

  @AfterEach
  void close() {
    lane.close();
  }

  private void start(QualityPolicy policy) {
    lane = new TestLane(TestLane.SCREENING.withQuality(policy));
    lane.scorer.quality = policy;
  }

  private static ImageEvent.Builder pixels(int site, String channel, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return image("B02", site, channel, 0).setBytes(bytes.flip());
  }

  private static String sha(ImageEvent.Builder image) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.getBytes().array()));
  }

  @Test
  void shouldSayOfEachPlaneWhatItLooksLike() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02"), 2);
    lane.publish(pixels(2, "GFP", 0, 1, 2, 90));
    lane.publish(pixels(2, "DNA", 13, 9, 9, 10));
    lane.publish(pixels(1, "GFP", 20, 21, 22, 80));
    lane.publish(pixels(1, "DNA", 12, 30, 30, 30));
    lane.moment();

    WellPrediction p = only(lane.predictions());
    assertThat(p.getStatus()).isEqualTo(WellStatus.SCORED);
    assertThat(p.getFlags()).isEmpty();
    assertThat(p.getPlaneQuality()).extracting(PlaneQuality::getSite, PlaneQuality::getChannel, PlaneQuality::getMin, PlaneQuality::getMax, PlaneQuality::getMean, PlaneQuality::getZeroFraction)
        .containsExactly(
            tuple(1, "DNA", 12, 30, 25.5, 0.0), tuple(1, "GFP", 20, 80, 35.75, 0.0),
            tuple(2, "DNA", 9, 13, 10.25, 0.0), tuple(2, "GFP", 0, 90, 23.25, 0.25));
  }

  @Test
  void shouldNotScoreASiteWithABlankPlaneAndLetTheWellLiveOnFromItsOthers() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02"), 2);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 0, 0, 0, 0));
    lane.publish(pixels(2, "DNA", 12, 9, 9, 90));
    lane.publish(pixels(2, "GFP", 7, 6, 7, 90));
    lane.moment();

    WellFailure failure = only(lane.failures());
    assertThat(failure.getReason()).isEqualTo(FailureReason.BLANK_CHANNEL);
    assertThat(failure.getSite()).isEqualTo(1);
    assertThat(failure.getChannel()).isEqualTo("GFP");
    assertThat(failure.getMessage()).isEqualTo("Site 1: channel GFP: the image is blank: all its pixels are 0");
    assertThat(failure.getRemedy()).contains("--quality blank=flag");
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(2);
    assertThat(p.getSitesScored()).isEqualTo(1);
    assertThat(p.getFlags()).containsExactly(WellFlag.SITE_FAILED, WellFlag.BLANK_CHANNEL);
    assertThat(p.getPlaneQuality()).extracting(PlaneQuality::getSite).containsExactly(2, 2);
    assertThat(lane.meters.get("dcmix.failures").tags("scope", "site", "reason", "blank_channel").counter().count()).isEqualTo(1);
    assertThat(lane.meters.get("dcmix.flags").tag("flag", "blank_channel").counter().count()).isEqualTo(1);
  }

  @Test
  void shouldScoreAndFlagABlankPlaneWhenThePolicySaysSo() {
    start(QualityPolicy.FLAG_ALL);
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 3, 3, 3, 3));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.BLANK_CHANNEL);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldFlagASaturatedPlaneOrRefuseItByPolicy() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 255, 255, 90));
    lane.publish(pixels(1, "GFP", 3, 5, 5, 90));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.SATURATED_CHANNEL);
    lane.close();

    start(QualityPolicy.DEFAULT.withActions("saturated=refuse"));
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 255, 255, 90));
    lane.publish(pixels(1, "GFP", 3, 5, 5, 90));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    assertThat(lane.failures()).extracting(WellFailure::getReason).containsExactly(FailureReason.SATURATED_CHANNEL, FailureReason.NO_SITES);
    assertThat(lane.scorer.scored).isEmpty();
  }

  @Test
  void shouldFlagABlurredPlaneWhereItsChannelHasAThreshold() {
    start(QualityPolicy.DEFAULT.withBlurredBelow(Map.of("GFP", 0.5)));
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 3, 5, 5, 90));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.BLURRED);
  }

  @Test
  void shouldRefuseTwoChannelsOfTheSameBytesBeforeAnyInference() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 14, 9, 9, 90));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    assertThat(lane.failures()).extracting(WellFailure::getReason, WellFailure::getChannel, WellFailure::getMessage).containsExactly(
        tuple(FailureReason.DUPLICATE_CHANNEL, "GFP", "Site 1: channel GFP has the same bytes as channel DNA"),
        tuple(FailureReason.NO_SITES, null, "None of the 1 sites of well B02 could be scored"));
    assertThat(lane.scorer.held).isEmpty();
    assertThat(lane.scorer.scored).isEmpty();
  }

  @Test
  void shouldScoreAndFlagTwoChannelsOfTheSameBytesWhenThePolicySaysSo() {
    start(QualityPolicy.DEFAULT.withActions("duplicate=flag"));
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 14, 9, 9, 90));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.DUPLICATE_CHANNEL);
  }

  @Test
  void shouldTakeTheOtherImageOfAConflictWhenTheFirstChoiceIsBlankWhateverTheOrder() throws Exception {
    ImageEvent.Builder good = pixels(1, "GFP", 7, 6, 7, 90);
    ImageEvent.Builder blank = lower(sha(good), 0);
    List<List<WellPrediction>> results = new ArrayList<>();
    for (int order = 0; order < 2; order++) {
      start(QualityPolicy.DEFAULT);
      lane.announce(List.of("B02"), 1);
      List<ImageEvent.Builder> images = new ArrayList<>(List.of(good, blank));
      if (order == 1) {
        Collections.reverse(images);
      }
      images.forEach(lane::publish);
      lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
      lane.moment();
      lane.moment();
      results.add(lane.predictions());
      assertThat(lane.failures()).isEmpty();
      if (order == 0) {
        lane.close();
      }
    }
    assertThat(results.get(0).getLast().getPlaneSha256()).contains(sha(good)).doesNotContain(sha(blank));
    assertThat(results.get(0).getLast().getFlags()).containsExactly(WellFlag.CONFLICT);
    assertThat(results.get(1).getLast().getPlaneSha256()).isEqualTo(results.get(0).getLast().getPlaneSha256());
  }

  @Test
  void shouldTakeTheOtherImageOfAConflictWhenTheFirstChoiceIsADuplicateWhateverTheOrder() throws Exception {
    ImageEvent.Builder right = pixels(1, "GFP", 7, 6, 7, 90);
    int value = 1;
    ImageEvent.Builder dna = pixels(1, "DNA", 14, 9, value, 90);
    while (sha(dna).compareTo(sha(right)) > 0) {
      dna = pixels(1, "DNA", 14, 9, ++value, 90);
    }
    ImageEvent.Builder wrong = pixels(1, "GFP", 14, 9, value, 90);
    List<ImageEvent.Builder> images = List.of(dna, wrong, right);
    for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
      start(QualityPolicy.DEFAULT);
      lane.announce(List.of("B02"), 1);
      for (int i : order) {
        lane.publish(images.get(i));
        lane.moment();
      }
      WellPrediction p = lane.predictions().getLast();
      assertThat(p.getPlaneSha256()).containsExactly(sha(dna), sha(right));
      assertThat(p.getFlags()).containsExactly(WellFlag.CONFLICT);
      lane.close();
    }
    start(QualityPolicy.DEFAULT);
  }

  @Test
  void shouldScoreAgainWhenAGoodImageComesForABlankOne() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02"), 1);
    lane.publish(pixels(1, "DNA", 14, 9, 9, 90));
    lane.publish(pixels(1, "GFP", 0, 0, 0, 0));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    lane.publish(pixels(1, "GFP", 7, 6, 7, 90));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getRevision()).isEqualTo(2);
    assertThat(p.getFlags()).containsExactly(WellFlag.CONFLICT);
  }

  @Test
  void shouldTellAWellWithoutCellsFromOneThatWasNotImaged() {
    start(QualityPolicy.DEFAULT);
    lane.announce(List.of("B02", "B03"), 1);
    lane.publish(pixels(1, "DNA", 14, 13, 14, 14));
    lane.publish(pixels(1, "GFP", 7, 6, 7, 7));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getWell()).isEqualTo("B02");
    assertThat(p.getStatus()).isEqualTo(WellStatus.NO_CELLS);
    assertThat(p.getFlags()).containsExactly(WellFlag.NO_CELLS);
    assertThat(p.getHitLogit()).isEqualTo(4);
    assertThat(p.getPlaneQuality()).hasSize(2);
  }

  /** A blank image of GFP whose hash is lower than this one. */
  private static ImageEvent.Builder lower(String than, int from) throws Exception {
    ImageEvent.Builder blank = pixels(1, "GFP", from, from, from, from);
    return sha(blank).compareTo(than) < 0 ? blank : lower(than, from + 1);
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.getFirst();
  }
}
