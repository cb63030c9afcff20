package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.quality.QualityPolicy;
import io.dcmix.core.screening.HitRules;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellRole;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The faults of real screening data that show on the plate as a whole, by their numbers in docs/faults.md: calls, quality, alerts. */
class PlateFaultsTest {
  private TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  // ---- what is in the wells ----

  @Test
  @DisplayName("17: the plate stood rotated")
  void plateRotated() {
    List<String> left = column("ABCD", "01");
    List<String> right = column("EFGH", "12");
    List<String> imaged = concat(left, right, column("EFGH", "01"), column("ABCD", "12"));
    // As mapped, controls are at the upper left and lower left; in truth the plate was turned by 180 degrees.
    PlateLayout wrong = layout(Orientation.NORMAL, well -> well.endsWith("01")
        ? well.charAt(0) <= 'D' ? WellRole.NEGATIVE_CONTROL : WellRole.POSITIVE_CONTROL : WellRole.SAMPLE, imaged);
    lane.publish(wrong);
    lane.announce(imaged, 1);
    int i = 0;
    for (String well : imaged) {
      boolean positive = well.endsWith("12") && well.charAt(0) <= 'D';
      lane.publishSite(well, 1, (positive ? 40 : 10) + i++ % 3);
    }
    lane.pass(Duration.ofSeconds(5));
    assertThat(quality().getControlsMirrored()).isTrue();
    assertThat(lane.alerts()).extracting(Alert::getKind).contains(AlertKind.CONTROLS_MIRRORED);

    lane.publish(PlateLayout.newBuilder(wrong).setOrientation(Orientation.ROTATED_180).build());
    lane.pass(Duration.ofSeconds(5));
    assertThat(quality().getControlsMirrored()).isFalse();
    assertThat(calls().get("P/1/A12/0").getRole()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(lane.alerts()).filteredOn(a -> a.getKind() == AlertKind.CONTROLS_MIRRORED).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
  }

  @Test
  @DisplayName("18: no plate map; then one that lacks a well")
  void wellsNotOnThePlateMap() {
    List<String> imaged = concat(column("ABCDE", "01"), List.of("C05", "C06"));
    lane.announce(imaged, 1);
    int i = 0;
    for (String well : imaged) {
      lane.publishSite(well, 1, 10 + i++ % 4);
    }
    lane.pass(Duration.ofSeconds(5));
    assertThat(calls().values()).hasSize(7).allMatch(call -> call.getHit() == null && call.getFlags().contains(CallFlag.NO_PLATEMAP));
    assertThat(quality().getUnmapped()).isEqualTo(7);

    lane.publish(layout(Orientation.NORMAL, well -> well.endsWith("01") ? WellRole.NEGATIVE_CONTROL : WellRole.SAMPLE, imaged.subList(0, 6)));
    lane.pass(Duration.ofSeconds(5));
    Map<String, HitCall> calls = calls();
    assertThat(calls.get("P/1/C05/0").getFlags()).doesNotContain(CallFlag.NO_PLATEMAP, CallFlag.UNMAPPED);
    assertThat(calls.get("P/1/C05/0").getHit()).isNotNull();
    assertThat(calls.get("P/1/C06/0").getFlags()).contains(CallFlag.UNMAPPED);
    assertThat(calls.get("P/1/C06/0").getRank()).isNull();
    assertThat(quality().getUnmapped()).isEqualTo(1);
  }

  @Test
  @DisplayName("27: the edge of the plate differs")
  void edgeDiffers() {
    List<String> imaged = IntStream.range(0, 96).mapToObj(i -> new WellAddress(i / 12, i % 12).toString()).toList();
    lane.publish(layout(Orientation.NORMAL, well -> WellRole.SAMPLE, imaged));
    lane.announce(imaged, 1);
    for (int i = 0; i < 96; i++) {
      boolean edge = i / 12 == 0 || i / 12 == 7 || i % 12 == 0 || i % 12 == 11;
      lane.publishSite(imaged.get(i), 1, (edge ? 20 : 10) + i % 3);
    }
    lane.pass(Duration.ofSeconds(5));
    // Inside 10, 11, 12 alike: median 1 as a logit, MAD 1; on the edge ten more.
    assertThat(quality().getEdgeEffect()).isEqualTo(10 / 1.4826);
    Map<String, HitCall> calls = calls();
    assertThat(calls.get("P/1/A05/0").getFlags()).contains(CallFlag.EDGE_EFFECT);
    assertThat(calls.get("P/1/D05/0").getFlags()).doesNotContain(CallFlag.EDGE_EFFECT);
    assertThat(lane.alerts()).extracting(Alert::getKind).containsExactly(AlertKind.EDGE_EFFECT);
  }

  // ---- what images look like ----

  @Test
  @DisplayName("20: two channels are the same file")
  void identicalChannels() {
    lane.scorer.quality = QualityPolicy.DEFAULT;
    publishAll(well -> pixels(14, 9, 9, 90), well -> well.endsWith("05") ? pixels(7, 6, 7, 90) : pixels(14, 9, 9, 90));
    assertThat(lane.alerts()).filteredOn(a -> a.getKind() == AlertKind.CHANNELS_IDENTICAL).singleElement()
        .satisfies(alert -> assertThat(alert.getMessage()).as("said as soon as three show it").contains("Channel GFP", "in 3 of 3 wells"));
    assertThat(lane.predictions()).hasSize(1);
  }

  @Test
  @DisplayName("21: a blank channel, refused, is one alert that names it")
  void blankChannel() {
    lane.scorer.quality = QualityPolicy.DEFAULT;
    publishAll(well -> pixels(14, 9, 9, 90), well -> pixels(0, 0, 0, 0));
    assertThat(lane.alerts()).filteredOn(a -> a.getKind() == AlertKind.BLANK_CHANNEL).singleElement().satisfies(alert -> {
      assertThat(alert.getChannel()).isEqualTo("GFP");
      assertThat(alert.getWells()).containsExactly("B02", "B03", "B04", "B05");
    });
    assertThat(lane.predictions()).isEmpty();
  }

  @Test
  @DisplayName("21: a saturated channel, scored, is one alert that names it, and the calls say so")
  void saturatedChannel() {
    lane.scorer.quality = QualityPolicy.DEFAULT;
    publishAll(well -> pixels(14, 9, 9, 90), well -> pixels(255, 255, 255, 90));
    assertThat(lane.alerts()).filteredOn(a -> a.getKind() == AlertKind.SATURATED_CHANNEL).extracting(Alert::getChannel).containsExactly("GFP");
    assertThat(calls().values()).hasSize(4).allMatch(call -> call.getFlags().contains(CallFlag.IMAGE_QUALITY));
  }

  @Test
  @DisplayName("22: one well is blurred, by the measure of its plate")
  void blurredWell() {
    List<String> imaged = concat(column("ABCDEFGH", "03"), column("ABCD", "04"));
    lane.close();
    lane = new TestLane(TestLane.SCREENING.withDecisions(TestLane.SCREENING.decisions().withRules(HitRules.SAMPLES)), TestLane.model(64, 64));
    lane.scorer.quality = QualityPolicy.DEFAULT;
    lane.announce(imaged, 1);
    for (String well : imaged) {
      lane.publish(disc(well, "DNA", well.equals("C04") ? 2 : 0));
      lane.publish(disc(well, "GFP", 0));
    }
    lane.pass(Duration.ofSeconds(5));
    assertThat(calls().values()).filteredOn(call -> call.getFlags().contains(CallFlag.IMAGE_QUALITY)).extracting(HitCall::getWell).containsExactly("C04");
    assertThat(quality().getFocusFailures()).isEqualTo(1);
    assertThat(lane.alerts()).as("one well is no trouble of the plate").isEmpty();
  }

  @Test
  @DisplayName("26: no cells in the images")
  void noCells() {
    lane.scorer.quality = QualityPolicy.DEFAULT;
    publishAll(well -> well.endsWith("05") ? pixels(14, 13, 14, 14) : pixels(14, 9, 9, 90), well -> well.endsWith("05") ? pixels(7, 6, 7, 7) : pixels(7, 6, 7, 90));
    HitCall call = calls().get("P/1/B05/0");
    assertThat(call.getHit()).isNull();
    assertThat(call.getFlags()).contains(CallFlag.NO_CELLS);
    assertThat(quality().getWellsNoCells()).isEqualTo(1);
  }

  // ---- helpers ----

  /** Wells B02 to B05, one site, these images of DNA and GFP. */
  private void publishAll(Function<String, byte[]> dna, Function<String, byte[]> gfp) {
    List<String> imaged = List.of("B02", "B03", "B04", "B05");
    lane.announce(imaged, 1);
    for (String well : imaged) {
      lane.publish(image(well, 1, "DNA", 0).setBytes(ByteBuffer.wrap(dna.apply(well))));
      lane.publish(image(well, 1, "GFP", 0).setBytes(ByteBuffer.wrap(gfp.apply(well))));
    }
    lane.pass(Duration.ofSeconds(5));
  }

  private static byte[] pixels(int... values) {
    byte[] bytes = new byte[values.length];
    IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
    return bytes;
  }

  /** An image of 64 × 64 pixels with a grained disc, a little brighter from well to well, averaged over squares of 2r + 1 pixels, three times. */
  private static ImageEvent.Builder disc(String well, String channel, int r) {
    int n = 64;
    int light = well.charAt(0) - 'A' + channel.charAt(0) % 10;
    double[] image = new double[n * n];
    for (int i = 0; i < image.length; i++) {
      int x = i % n - 32;
      int y = i / n - 32;
      image[i] = x * x + y * y <= 400 ? 120 + light + x + (Math.floorMod(x, 4) < 2 ? 60 : 0) : 20 + i * 7 % 3;
    }
    for (int pass = 0; pass < 3 && r > 0; pass++) {
      image = averaged(image, n, r);
    }
    ByteBuffer bytes = ByteBuffer.allocate(n * n);
    for (double value : image) {
      bytes.put((byte) Math.round(value));
    }
    return image(well, 1, channel, 0).setWidth(n).setHeight(n).setBytes(bytes.flip());
  }

  private static double[] averaged(double[] image, int n, int r) {
    IntFunction<Double> mean = i -> {
      double sum = 0;
      for (int dy = -r; dy <= r; dy++) {
        for (int dx = -r; dx <= r; dx++) {
          sum += image[Math.floorMod(i / n + dy, n) * n + Math.floorMod(i % n + dx, n)];
        }
      }
      return sum / ((2 * r + 1) * (2 * r + 1));
    };
    return IntStream.range(0, n * n).mapToDouble(mean::apply).toArray();
  }

  private Map<String, HitCall> calls() {
    Map<String, HitCall> last = new TreeMap<>();
    lane.hitCalls().forEach(record -> last.put(record.key(), record.value()));
    return last;
  }

  private PlateQuality quality() {
    return lane.plateQuality().getLast().value();
  }

  private static PlateLayout layout(Orientation orientation, Function<String, WellRole> role, List<String> wells) {
    return new PlateLayout("P", 8, 12, orientation, wells.stream().map(well -> new LayoutWell(well, role.apply(well), null, null, null)).toList(), "test");
  }

  private static List<String> column(String rows, String column) {
    return rows.chars().mapToObj(row -> (char) row + column).toList();
  }

  @SafeVarargs
  private static List<String> concat(List<String>... lists) {
    List<String> all = new ArrayList<>();
    for (List<String> list : lists) {
      all.addAll(list);
    }
    return all;
  }
}
