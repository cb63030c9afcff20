package io.dcmix.streams.plate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.screening.PlateView;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.WellStatus;
import io.dcmix.schema.state.PlateRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlateImportanceTest {
  private static final ModelCard MODEL = new ModelCard("m", "2", "00", List.of("DNA", "GFP"), List.of("no", "hit"), "hit", PixelType.UINT8, 2, 2,
      List.of(1.0, 1.0), List.of(0.0, 0.0), List.of(1.0, 1.0), Map.of());

  @Test
  void wellsWithoutCellsFailedWellsAndThoseOfAnotherModelDoNotCount() {
    List<PlateRow> rows = List.of(row("A01", 0.2).build(), row("A02", 0.4).build(), row("A03", 0.9).setStatus(WellStatus.NO_CELLS).build(),
        row("A04", 0.9).setFailed(true).build(), row("A05", 0.9).setModelVersion("1").build());
    ChannelImportance plate = of(rows).ofPlate();
    assertThat(plate.getWells()).isEqualTo(2);
    assertThat(plate.getChannels().getFirst().getContribution().getMean()).isCloseTo(0.3, within(1e-12));
    assertThat(of(rows).partials()).allSatisfy(partial -> assertThat(partial.getWells()).isEqualTo(2));
    assertThat(plate.getChannels().getFirst().getDrift()).as("the model says nothing of its training wells").isNull();
    assertThat(of(rows.subList(2, 5)).ofPlate()).isNull();
    assertThat(of(rows.subList(2, 5)).partials()).isEmpty();
  }

  @Test
  void wellsThatWereNotExplainedCountInTheContributionOnly() {
    ChannelImportance plate = of(List.of(row("A01", 0.2).build(), row("A02", 0.4).setImportance(List.of(1.5, -0.5)).build())).ofPlate();
    assertThat(plate.getWells()).isEqualTo(2);
    assertThat(plate.getChannels().getFirst().getContribution().getCount()).isEqualTo(2);
    assertThat(plate.getChannels().getFirst().getImportance().getCount()).isEqualTo(1);
    assertThat(plate.getChannels().getFirst().getImportance().getMean()).isEqualTo(1.5);
  }

  @Test
  void wellsGoToThePanesOfTheirAcquisition() {
    long hour = 3_600_000_000L;
    List<PlateRow> rows = List.of(row("A01", 0.2).setAcquiredAt(10 * hour).build(), row("A02", 0.4).setAcquiredAt(11 * hour - 1).build(),
        row("A03", 0.4).setAcquiredAt(11 * hour).build());
    assertThat(of(rows).partials()).filteredOn(p -> p.getScopeKey().equals("all"))
        .extracting(p -> p.getPane() / hour + ":" + p.getWells()).containsExactly("10:2", "11:1");
    assertThat(of(rows).ofPlate().getWindowEnd().getEpochSecond()).as("the plate's own window holds all its wells").isEqualTo(11 * 3600);
  }

  private static PlateImportance of(List<PlateRow> rows) {
    return new PlateImportance(ImportanceConfig.DEFAULT, MODEL, new PlateView(new PlateKey("P", "1"), rows, null, null, true));
  }

  private static PlateRow.Builder row(String well, double share) {
    return PlateRow.newBuilder().setPlate("P").setAcquisition("1").setWell(well).setTimepoint(0).setRevision(1).setPredictedClass("hit")
        .setChannels(List.of("DNA", "GFP")).setWeights(List.of(0.5, 0.5)).setContribution(List.of(share, 1 - share)).setModelName("m").setModelVersion("2");
  }
}
