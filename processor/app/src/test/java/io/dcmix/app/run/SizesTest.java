package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class SizesTest {
  private final Sizes sizes = new Sizes();

  @Test
  void shouldReadSizesAsPeopleWriteThem() {
    assertThat(sizes.convert("17")).isEqualTo(17);
    assertThat(sizes.convert("3 KiB")).isEqualTo(3072);
    assertThat(sizes.convert("256MiB")).isEqualTo(268_435_456);
    assertThat(sizes.convert("4gib")).isEqualTo(4_294_967_296L);
  }

  @Test
  void shouldRefuseWhatIsNoSize() {
    for (String wrong : new String[] {"", "-1MiB", "1.5GiB", "12MB", "9999999999"}) {
      assertThatThrownBy(() -> sizes.convert(wrong)).as(wrong).isInstanceOf(TypeConversionException.class).hasMessageContaining("256MiB");
    }
  }
}
