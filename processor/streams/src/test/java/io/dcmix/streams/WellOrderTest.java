package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static io.dcmix.streams.TestLane.sha;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Rows 12, 13 and 14 of docs/faults.md at once: images in any order, some twice, some conflicting, one of them broken. */
class WellOrderTest {
  @Property(tries = 25)
  void theLastRevisionIsTheSameWhateverTheOrder(@ForAll int seed) {
    Random random = new Random(seed);
    byte[] broken = {1, 2, 3};
    List<ImageEvent.Builder> events = new ArrayList<>();
    for (int value : List.of(12, 14, 16)) {
      events.add(image("B02", 1, "DNA", value));
    }
    events.add(image("B02", 1, "DNA", 0).setBytes(ByteBuffer.wrap(broken)));
    events.add(image("B02", 1, "GFP", 7));
    events.add(image("B02", 2, "DNA", 20));
    events.add(image("B02", 2, "GFP", 7));
    events.add(image("B02", 2, "GFP", 8));
    for (int i = 0; i < 3; i++) {
      events.add(ImageEvent.newBuilder(events.get(random.nextInt(events.size()))));
    }
    Collections.shuffle(events, random);

    List<WellPrediction> predictions = new ArrayList<>();
    try (TestLane any = new TestLane()) {
      any.announce(List.of("B02"), 2);
      for (ImageEvent.Builder event : events) {
        any.publish(event);
        if (random.nextInt(3) == 0) {
          any.pass(Duration.ofMillis(20));
        }
        predictions.addAll(any.predictions());
      }
      any.pass(Duration.ofSeconds(1));
      predictions.addAll(any.predictions());
    }
    String dna = List.of(sha(12), sha(14), sha(16)).stream().sorted().findFirst().orElseThrow();
    String gfp = sha(7).compareTo(sha(8)) < 0 ? sha(7) : sha(8);
    WellPrediction last = predictions.getLast();
    assertThat(last.getPlaneSha256()).containsExactly(dna, sha(7), sha(20), gfp);
    int value = dna.equals(sha(12)) ? 12 : dna.equals(sha(14)) ? 14 : 16;
    assertThat(last.getHitLogit()).isEqualTo((value - 10 + 10) / 2.0);
    assertThat(last.getFlags()).containsExactly(WellFlag.CONFLICT);
    assertThat(predictions).extracting(WellPrediction::getRevision).isSorted().doesNotHaveDuplicates();
  }
}
