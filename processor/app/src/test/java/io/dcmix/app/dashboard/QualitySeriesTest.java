package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.PlateQuality;
import java.util.List;
import org.junit.jupiter.api.Test;

class QualitySeriesTest {
  private final Screen screen = Screen.of("P7", PlateFormat.WELLS_1536);

  private QualitySeries series(int wells, int limit) {
    QualitySeries series = new QualitySeries(screen.quality(0), 0, limit);
    for (int i = 1; i <= wells; i++) {
      series.add(screen.quality(i), i);
    }
    return series;
  }

  @Test
  void shouldSayWhatIsAndHowItCameToIt() {
    QualitySeries series = series(144, 200);
    Api.Quality now = series.snapshot();
    // The fixture's Z' after 144 wells of a plate of 48 columns: 0.64 - 0.9 / 3 controls; not defined before there are 2.
    assertThat(now.zPrime()).isEqualTo(0.64 - 0.3);
    assertThat(now.history()).hasSize(145);
    assertThat(now.history().get(95).zPrime()).isNull();
    assertThat(now.history().get(96).zPrime()).isEqualTo(0.64 - 0.45);
    assertThat(series.newest().history()).containsExactly(now.history().getLast());
    assertThat(now.sequence()).isEqualTo(144);
  }

  @Test
  void shouldThinALongHistoryEvenlyAndKeepItsEnds() {
    List<Integer> wells = series(1500, 96).snapshot().history().stream().map(Api.QualityPoint::wells).toList();
    assertThat(wells).hasSizeBetween(48, 96).startsWith(0).endsWith(1500);
    for (int i = 1; i + 1 < wells.size(); i++) {
      assertThat(wells.get(i) - wells.get(i - 1)).isEqualTo(16);
    }
  }

  @Test
  void shouldDrawTheSameLineWhenTheTopicIsReadAgain() {
    QualitySeries series = series(700, 96);
    List<Api.QualityPoint> once = series.snapshot().history();
    for (int i = 0; i <= 700; i++) {
      series.add(screen.quality(i), 1000 + i);
    }
    assertThat(series.snapshot().history()).isEqualTo(once);
  }

  @Test
  void shouldCorrectAPointWhenALayoutComesLate() {
    QualitySeries series = series(40, 96);
    PlateQuality corrected = screen.quality(40);
    corrected.setZPrime(0.7);
    series.add(corrected, 41);
    assertThat(series.snapshot().history().getLast()).isEqualTo(new Api.QualityPoint(40, 0.7, corrected.getHitRate()));
    assertThat(series.snapshot().zPrime()).isEqualTo(0.7);
  }
}
