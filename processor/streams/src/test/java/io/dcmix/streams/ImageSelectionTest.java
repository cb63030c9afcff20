package io.dcmix.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.WellKey;
import org.junit.jupiter.api.Test;

class ImageSelectionTest {
  private static byte[] key(String plate, String acquisition) {
    return WellKey.of(plate, acquisition, "B02", 0).toString().getBytes(UTF_8);
  }

  @Test
  void shouldTakeEverythingUnlessToldOtherwiseEvenWhatHasNoReadableKey() {
    assertThat(ImageSelection.ALL.takes(key("P", "1"))).isTrue();
    assertThat(ImageSelection.ALL.takes(null)).isTrue();
    assertThat(ImageSelection.ALL.takes(new byte[] {1, 2})).isTrue();
    assertThat(ImageSelection.ALL).hasToString("");
  }

  @Test
  void shouldTakeOnePlateWithASlashInItsBarcode() {
    ImageSelection selection = new ImageSelection("P/7", null);
    assertThat(selection.takes(key("P/7", "1"))).isTrue();
    assertThat(selection.takes(key("P/7", "2"))).isTrue();
    assertThat(selection.takes(key("P", "7"))).as("the slash is of the barcode").isFalse();
    assertThat(selection.takes(key("P/70", "1"))).isFalse();
    assertThat(selection.takes(null)).isFalse();
    assertThat(selection.takes("P/7/B02/0".getBytes(UTF_8))).as("a key that is not encoded").isFalse();
    assertThat(selection).hasToString("plate P/7");
  }

  @Test
  void shouldTakeOneRunOfAPlate() {
    ImageSelection selection = new ImageSelection("P", "2");
    assertThat(selection.takes(key("P", "2"))).isTrue();
    assertThat(selection.takes(key("P", "1"))).isFalse();
    assertThat(selection.takes(key("Q", "2"))).isFalse();
    assertThat(selection).hasToString("plate P, acquisition 2");
    assertThat(new ImageSelection(null, "2").takes(key("Q", "2"))).isTrue();
  }
}
