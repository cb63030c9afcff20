package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.SitePlane;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.streams.state.TableRows;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Image events that refer to their payload: what the topology makes of them before anything is fetched, and after. */
class ReferredImagesTest {
  private static final String URI = "file:///share/P/B02.tif";
  private static final String SHA = "0123456789abcdef".repeat(4);

  private final TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  /** The first channel of site 1 of B02, by reference. */
  private static ImageEvent.Builder referred() {
    return image("B02", 1, "DNA", 0).setBytes(null).setUri(URI).setSize(4L).setSha256(SHA);
  }

  private void publishWith(ImageEvent.Builder first) {
    lane.announce(List.of("B02"), 1);
    lane.publish(first);
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
  }

  @Test
  void shouldHandAReferenceToTheScorerAndPredictTheWell() {
    lane.scorer.releaseAtOnce = false;
    publishWith(referred());
    List<SitePlane> planes = lane.scorer.held.getFirst().planes();
    assertThat(planes.getFirst().pointer()).isEqualTo(new PlanePointer.AtUri(URI, 4, SHA));
    assertThat(planes.getLast().pointer()).isInstanceOf(PlanePointer.InTopic.class);
    assertThat(lane.scorer.offered).as("offered when they come, so that fetching can begin")
        .containsExactly(planes.getFirst().pointer(), planes.getLast().pointer());
    assertThat(lane.scorer.payloads).as("only the inline image has its bytes").hasSize(1);

    lane.scorer.files.put(URI, new byte[] {14, 14, 14, 14});
    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.predictions()).singleElement().satisfies(p -> {
      assertThat(p.getHitLogit()).isEqualTo(4.0);
      assertThat(p.getPlaneSha256()).startsWith(SHA);
      assertThat(p.getFlags()).isEmpty();
    });
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldPredictOnceWhenTheSameReferenceComesAgain() {
    lane.scorer.files.put(URI, new byte[] {14, 14, 14, 14});
    publishWith(referred());
    lane.publish(referred());
    lane.moment();
    assertThat(lane.predictions()).hasSize(1);
  }

  @Test
  void shouldRefuseAReferenceThatCannotBeFollowedAndNameTheField() {
    refuses(referred().setUri("gs://bucket/B02.tif"), "gs://bucket/B02.tif", "only file: and s3: URIs");
    refuses(referred().setUri("B02.tif"), "only file: and s3: URIs");
    refuses(referred().setUri("file:///a b"), "uri is none");
    refuses(referred().setSize(null), "no size");
    refuses(referred().setSize(0L), "size 0");
    refuses(referred().setSize((64L << 20) + 1), "size 67108865", "1 to 67108864 bytes");
    refuses(referred().setSha256(null), "without its sha256");
    refuses(referred().setSha256(SHA.replace('a', 'A')), "64 lower-case hex digits");
    refuses(referred().setBytes(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4})), "has bytes and refers to");
  }

  private void refuses(ImageEvent.Builder first, String... says) {
    try (TestLane own = new TestLane()) {
      own.announce(List.of("B02"), 1);
      own.publish(first);
      own.publish(image("B02", 1, "GFP", 7));
      own.moment();
      assertThat(own.scorer.offered).as("only the other channel is offered").singleElement().isInstanceOf(PlanePointer.InTopic.class);
      List<WellFailure> failures = own.failures();
      assertThat(failures).extracting(WellFailure::getSite, WellFailure::getChannel, WellFailure::getReason)
          .containsExactly(tuple(1, "DNA", FailureReason.REFERENCE_REFUSED), tuple(null, null, FailureReason.NO_SITES));
      assertThat(failures.getFirst().getMessage()).contains("Site 1").contains(says);
      assertThat(failures.getFirst().getRemedy()).contains("--reference-root", "inline");
      assertThat(own.deadLetters()).isEmpty();
      TableRows<PlaneState> planes = own.table("well-state", "planes", PlaneState.class);
      assertThat(planes.get("P/1/B02/0/1/DNA").getProblem()).as("decided before it was stored").isEqualTo(FailureReason.REFERENCE_REFUSED);
    }
  }

  @Test
  void shouldRefuseAnEventWithNeitherBytesNorReference() {
    publishWith(image("B02", 1, "DNA", 0).setBytes(null));
    assertThat(lane.failures().getFirst()).satisfies(f -> {
      assertThat(f.getReason()).isEqualTo(FailureReason.CORRUPT_PLANE);
      assertThat(f.getMessage()).contains("neither bytes nor a reference");
    });
  }

  @Test
  void shouldJudgeAReferredImageByTheModelBeforeFetchingIt() {
    publishWith(referred().setWidth(4).setHeight(1));
    assertThat(lane.failures().getFirst().getReason()).isEqualTo(FailureReason.WRONG_SIZE);
  }

  @Test
  void shouldScoreTheWellWhenARefusedOrLostImageIsPublishedAgain() {
    for (FailureReason reason : List.of(FailureReason.REFERENCE_REFUSED, FailureReason.SOURCE_EXPIRED)) {
      try (TestLane own = new TestLane()) {
        own.scorer.releaseAtOnce = false;
        own.announce(List.of("B02"), 1);
        own.publish(referred());
        own.publish(image("B02", 1, "GFP", 7));
        own.scorer.fail(0, reason, "DNA", "not here");
        own.moment();
        assertThat(own.failures()).extracting(WellFailure::getReason).containsExactly(reason, FailureReason.NO_SITES);

        own.scorer.files.put(URI, new byte[] {14, 14, 14, 14});
        own.publish(referred());
        own.scorer.releaseAll();
        own.moment();
        assertThat(own.predictions()).as("the same event, once the operator has allowed or restored the file").singleElement()
            .extracting(WellPrediction::getRevision, WellPrediction::getHitLogit).containsExactly(2, 4.0);
      }
    }
  }
}
