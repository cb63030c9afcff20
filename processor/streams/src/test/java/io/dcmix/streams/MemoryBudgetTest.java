package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  @Test
  void shouldCountFewLargeImagesAndManySmallOnes() {
    MemoryBudget budget = MemoryBudget.DEFAULT;
    assertThat(budget.recordsPerPoll(model(512, 512))).as("32 MiB of 256 KiB").isEqualTo(128);
    assertThat(budget.recordsPerPartition(model(512, 512), 8)).isEqualTo(16);
    assertThat(budget.recordsPerPoll(model(4096, 4096))).as("32 MiB of 16 MiB").isEqualTo(2);
    assertThat(budget.recordsPerPartition(model(4096, 4096), 8)).isEqualTo(1);
    assertThat(budget.recordsPerPoll(model(2, 2))).isEqualTo(512);
    assertThat(budget.fetchBytes()).isEqualTo(32 << 20);
  }

  /** A fetch under way, what was fetched and not polled, one poll beyond what may wait, and what waits. */
  @Property
  void shouldStayWithinTheBudgetUnlessOneImageAPartitionIsMoreThanThat(
      @ForAll @IntRange(min = 16, max = 1024) int mebibytes, @ForAll @IntRange(min = 64, max = 4096) int side, @ForAll @IntRange(min = 1, max = 64) int partitions) {
    MemoryBudget budget = MemoryBudget.DEFAULT.withInputBytes((long) mebibytes << 20);
    ModelCard model = model(side, side);
    long waiting = (long) budget.recordsPerPartition(model, partitions) * partitions * model.planeBytes();
    long polled = (long) budget.recordsPerPoll(model) * model.planeBytes();
    long quarter = budget.inputBytes() / 4;
    long plane = model.planeBytes();
    assertThat(budget.fetchBytes() + (long) partitions * budget.partitionFetchBytes(partitions) + waiting + polled)
        .isLessThanOrEqualTo(quarter + Math.max(quarter, (long) partitions << 20) + Math.max(quarter, plane * partitions) + Math.max(quarter, plane));
  }

  private static ModelCard model(int height, int width) {
    return new ModelCard("m", "1", "00", List.of("A"), List.of("no", "hit"), "hit", PixelType.UINT8, height, width,
        List.of(1.0), List.of(0.0), List.of(1.0), Map.of());
  }
}
