package io.dcmix.streams.plate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.WellRole;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutIntakeTest {
  private static final AvroCodec<PlateLayout> CODEC = AvroCodec.of(PlateLayout.class);

  private static PlateLayout layout(String plate, int rows, int columns, LayoutWell... wells) {
    return new PlateLayout(plate, rows, columns, Orientation.NORMAL, List.of(wells), "test");
  }

  private static LayoutWell well(String address, String treatment) {
    return new LayoutWell(address, WellRole.SAMPLE, treatment, null, null);
  }

  private static LayoutIntake.Output.Read read(String key, PlateLayout layout) {
    return LayoutIntake.read(key.getBytes(UTF_8), layout == null ? null : CODEC.encode(layout), CODEC::decode);
  }

  @Test
  void shouldReadALayoutUnderItsPercentEncodedPlate() {
    PlateLayout layout = layout("P/7 ü", 8, 12, well("A01", "DMSO"), well("H12", null));
    assertThat(read("P%2F7%20%C3%BC", layout)).isEqualTo(new LayoutIntake.Output.Read("P/7 ü", layout));
  }

  @Test
  void shouldTakeTheLargestPlateThereIsAndTheEmptyLayout() {
    assertThat(read("P", layout("P", 32, 48, well("AF48", null))).layout()).isNotNull();
    assertThat(read("P", layout("P", 8, 12)).layout()).isNotNull();
  }

  @Test
  void shouldReadARecordWithoutAValueAsNoLayoutAnyMore() {
    assertThat(read("P", null)).isEqualTo(new LayoutIntake.Output.Read("P", null));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("Q", layout("P", 8, 12), "The key says plate 'Q' and the layout says 'P'"),
        Arguments.of("", layout("", 8, 12), "The key of a plate layout is empty"),
        Arguments.of("P/1", layout("P", 8, 12), "P/1"),
        Arguments.of("P", layout("P", 0, 12), "not 0 × 12"),
        Arguments.of("P", layout("P", 8, 49), "not 8 × 49"),
        Arguments.of("P", layout("P", 8, 12, well("a1", null)), "Well 'a1' must be written 'A01'"),
        Arguments.of("P", layout("P", 8, 12, well("X", null)), "X"),
        Arguments.of("P", layout("P", 8, 12, well("A13", null)), "Well A13 is not on a plate of 8 rows and 12 columns"),
        Arguments.of("P", layout("P", 8, 12, well("A01", null), well("A01", null)), "Well A01 is described twice"),
        Arguments.of("P", layout("P", 8, 12, well("A01", "x".repeat(2049))), "more than 2048 characters"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void shouldNameThePlaceOfWhatIsWrong(String key, PlateLayout layout, String message) {
    assertThatThrownBy(() -> read(key, layout)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
  }

  @Test
  void shouldRefuseBytesThatAreNoLayout() {
    assertThatThrownBy(() -> LayoutIntake.read("P".getBytes(UTF_8), new byte[] {1, 2, 3}, CODEC::decode)).isInstanceOf(UnreadableRecordException.class);
  }
}
