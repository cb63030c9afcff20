package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMap.Content;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static Content content(WellRole role, @Nullable String treatment) {
    return new Content(role, treatment, null, null);
  }

  private static PlateMap map(Content... contents) {
    Map<WellAddress, Content> wells = new HashMap<>();
    for (int i = 0; i < contents.length; i++) {
      wells.put(new WellAddress(0, i), contents[i]);
    }
    return new PlateMap(PlateFormat.WELLS_24, wells, "a test");
  }

  @Test
  void controlsAreTwoClassesAndNothingElseIsLearntFrom() {
    Labels labels = Labels.controls();
    assertThat(labels.classes()).containsExactly("negative", "positive");
    assertThat(labels.hitClass()).isEqualTo("positive");
    assertThat(labels.of(content(WellRole.NEGATIVE_CONTROL, "DMSO"))).isZero();
    assertThat(labels.of(content(WellRole.POSITIVE_CONTROL, null))).isEqualTo(1);
    assertThat(labels.of(content(WellRole.SAMPLE, "CPD-1"))).isEqualTo(-1);
    assertThat(labels.of(null)).isEqualTo(-1);
  }

  @Test
  void everyTreatmentOfAllPlatesIsAClassByName() {
    PlateMap one = map(content(WellRole.SAMPLE, "taxol"), content(WellRole.NEGATIVE_CONTROL, null));
    PlateMap two = map(content(WellRole.SAMPLE, "colchicine"), content(WellRole.SAMPLE, null));
    Labels labels = Labels.treatments(List.of(one, two), "taxol");
    assertThat(labels.classes()).containsExactly("colchicine", "negative", "taxol");
    assertThat(labels.hitClass()).isEqualTo("taxol");
    assertThat(labels.of(content(WellRole.SAMPLE, "taxol"))).isEqualTo(2);
    assertThat(labels.of(content(WellRole.NEGATIVE_CONTROL, null))).isEqualTo(1);
    assertThat(labels.of(content(WellRole.SAMPLE, null))).isEqualTo(-1);
    assertThat(labels.of(content(WellRole.SAMPLE, "unheard of"))).isEqualTo(-1);
  }

  @Test
  void saysWhichTreatmentsThereAre() {
    PlateMap one = map(content(WellRole.SAMPLE, "taxol"));
    assertThatThrownBy(() -> Labels.treatments(List.of(one), "taxol"))
        .isInstanceOf(CliException.class).hasMessageContaining("names 1 treatments");
    PlateMap two = map(content(WellRole.SAMPLE, "taxol"), content(WellRole.SAMPLE, "colchicine"));
    assertThatThrownBy(() -> Labels.treatments(List.of(two), "aspirin"))
        .isInstanceOf(CliException.class).hasMessageContaining("--hit-class aspirin is none of the treatments: colchicine, taxol");
  }
}
