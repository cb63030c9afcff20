package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.PlateRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlurredWellsTest {
  private static PlateRow row(int i, int timepoint, Double... focus) {
    return PlateRow.newBuilder().setPlate("P").setAcquisition("1").setWell(new WellAddress(i / 12, i % 12).toString()).setTimepoint(timepoint)
        .setRevision(1).setChannels(List.of("DNA", "GFP")).setChannelFocus(List.of(focus)).build();
  }

  /** Twelve wells of like focus; DNA around 0.05, GFP around 0.02. */
  private static List<PlateRow> plate(int timepoint) {
    List<PlateRow> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      rows.add(row(i, timepoint, 0.05 * (1 + 0.02 * (i % 5)), 0.02 * (1 + 0.02 * (i % 3))));
    }
    return rows;
  }

  @Test
  void shouldMarkTheChannelOfTheWellThatIsMuchLessSharpThanTheOthers() {
    List<PlateRow> rows = plate(0);
    rows.set(4, row(4, 0, 0.01, 0.02));
    rows.get(4).setFlags(List.of(WellFlag.INCOMPLETE));
    PlateRow before = PlateRow.newBuilder(rows.get(4)).build();

    List<PlateRow> marked = BlurredWells.marked(rows);

    assertThat(marked.get(4).getFlags()).containsExactly(WellFlag.INCOMPLETE, WellFlag.BLURRED);
    assertThat(marked.get(4).getBadChannels()).isEqualTo(Map.of("DNA", "BLURRED"));
    assertThat(rows.get(4)).as("what it was given").isEqualTo(before);
    assertThat(marked).filteredOn(row -> row.getFlags().contains(WellFlag.BLURRED)).hasSize(1);
  }

  @Test
  void shouldCompareEachTimepointWithItselfOnly() {
    List<PlateRow> rows = plate(0);
    for (int i = 0; i < 12; i++) {
      rows.add(row(i, 1, 0.005 * (1 + 0.02 * (i % 5)), 0.02 * (1 + 0.02 * (i % 3))));
    }
    assertThat(BlurredWells.marked(rows)).isEqualTo(rows);
  }

  @Test
  void shouldLeaveOutWhatHasNoCellsNoResultOrNoMeasurementAndKeepGraverTrouble() {
    List<PlateRow> rows = plate(0);
    rows.set(0, row(0, 0, 0.001, 0.02));
    rows.get(0).setStatus(WellStatus.NO_CELLS);
    rows.set(1, row(1, 0, 0.001, 0.02));
    rows.get(1).setFailed(true);
    rows.set(2, row(2, 0));
    rows.set(3, row(3, 0, 0.001, 0.0));
    rows.get(3).setBadChannels(Map.of("DNA", "SATURATED_CHANNEL"));
    List<PlateRow> marked = BlurredWells.marked(rows);
    assertThat(marked.subList(0, 3)).isEqualTo(rows.subList(0, 3));
    assertThat(marked.get(3).getBadChannels()).isEqualTo(Map.of("DNA", "SATURATED_CHANNEL"));
    assertThat(marked.get(3).getFlags()).containsExactly(WellFlag.BLURRED);
  }
}
