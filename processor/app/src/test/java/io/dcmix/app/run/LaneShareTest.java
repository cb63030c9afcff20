package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.schema.event.PixelType;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.MemoryBudget;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneShareTest {
  private static final Topics REPLAY = new Topics("replay");

  private static ModelCard model(int size) {
    return new ModelCard("m", "1", "00", List.of("A"), List.of("no", "hit"), "hit", PixelType.UINT8, size, size,
        List.of(1.0), List.of(0.0), List.of(1.0), Map.of());
  }

  private static ProcessorConfig first(int workers, long pool) {
    return ProcessorConfig.of(new Topics("screening"), "kafka:9092", Path.of("state"))
        .withStreamThreads(3)
        .withCheckHashOf(5)
        .withScoring(ScorerConfig.DEFAULT.withWorkers(workers).withPoolBytes(pool).withBacklogBytes(80 << 20))
        .withMemory(MemoryBudget.DEFAULT.withInputBytes(400L << 20));
  }

  @Test
  void aFurtherLaneHasAQuarterOfTheThreadsAndTheMemory() {
    ProcessorConfig share = LaneShare.beside(first(16, 256 << 20), REPLAY, model(100));
    assertThat(share.topics()).isEqualTo(REPLAY);
    assertThat(share.streamThreads()).isEqualTo(1);
    assertThat(share.scoring().workers()).isEqualTo(4);
    assertThat(share.scoring().poolBytes()).isEqualTo(64 << 20);
    assertThat(share.scoring().backlogBytes()).isEqualTo(20 << 20);
    assertThat(share.memory().inputBytes()).isEqualTo(100L << 20);
    assertThat(share.checkHashOf()).as("what is not a quota is as in the first lane").isEqualTo(5);
    assertThat(share.problems()).isEmpty();
  }

  @Test
  void howeverSmallTheFirstLaneIsAFurtherOneCanWork() {
    ModelCard large = model(4000);
    ProcessorConfig first = first(1, large.siteBytes()).withMemory(MemoryBudget.DEFAULT.withInputBytes(LaneTopics.MAX_MESSAGE_BYTES));
    ProcessorConfig share = LaneShare.beside(first, REPLAY, large);
    assertThat(share.scoring().workers()).isEqualTo(1);
    assertThat(share.scoring().slots(large)).isEqualTo(1);
    assertThat(share.problems()).isEmpty();
  }
}
