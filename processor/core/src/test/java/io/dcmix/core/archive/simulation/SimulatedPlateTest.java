package io.dcmix.core.archive.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.WellRole;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedPlateTest {
  private static final SimulationSpec DEMO = SimulationSpec.demo(7);
  private static final PlaneFormat RAW16 = new PlaneFormat(96, 64, PixelType.UINT16, Encoding.RAW);

  private final SimulatedPlate plate = SimulatedPlate.of(DEMO);

  @Test
  void shouldReadTheSameBytesTwiceInAnyOrder() throws IOException {
    List<PlaneId> planes = new ArrayList<>(plate.planes().subList(100, 130));
    List<ByteBuffer> first = new ArrayList<>();
    for (PlaneId id : planes) {
      first.add(plate.read(id).payload());
    }
    Collections.reverse(planes);
    Collections.reverse(first);
    SimulatedPlate again = SimulatedPlate.of(SimulationSpec.demo(7));
    for (int i = 0; i < planes.size(); i++) {
      assertThat(again.read(planes.get(i)).payload()).isEqualTo(first.get(i));
    }
  }

  @Test
  void shouldReadTheSameBytesFromManyThreads() throws IOException {
    List<PlaneId> planes = plate.planes().subList(0, 60);
    Map<PlaneId, ByteBuffer> parallel = planes.parallelStream().collect(Collectors.toMap(id -> id, this::payload));
    SimulatedPlate alone = SimulatedPlate.of(DEMO);
    for (PlaneId id : planes) {
      assertThat(parallel.get(id)).isEqualTo(alone.read(id).payload());
    }
  }

  @Test
  void shouldDrawAnotherPlateFromAnotherSeed() throws IOException {
    SimulatedPlate other = SimulatedPlate.of(SimulationSpec.demo(8));
    assertThat(other.plantedHits()).isNotEqualTo(plate.plantedHits());
    for (PlaneId id : plate.planes().subList(0, 12)) {
      assertThat(other.pixels(id)).isNotEqualTo(plate.pixels(id));
    }
  }

  @Test
  void shouldDrawDifferentSitesWellsAndChannels() throws Exception {
    List<String> hashes = new ArrayList<>();
    for (PlaneId id : plate.planes().subList(0, 48)) {
      hashes.add(sha256(plate.pixels(id)));
    }
    assertThat(hashes).doesNotHaveDuplicates();
  }

  @Test
  void shouldChangeNothingButThePlantedChannelsOfWellsWithThePhenotype() throws IOException {
    SimulatedPlate without = SimulatedPlate.of(DEMO.withEffect(0));
    WellAddress hit = plate.plantedHits().iterator().next();
    WellAddress positive = well(WellRole.POSITIVE_CONTROL);
    WellAddress negative = well(WellRole.NEGATIVE_CONTROL);
    for (String channel : plate.channels()) {
      boolean planted = plate.plantedChannels().contains(channel);
      for (WellAddress well : List.of(hit, positive, negative)) {
        PlaneId id = new PlaneId(well, 2, channel, 0, 0);
        assertThat(plate.pixels(id).equals(without.pixels(id))).as("%s unchanged", id).isEqualTo(!planted || well.equals(negative));
      }
    }
  }

  @Test
  void shouldLayOutTheDemoPlate() {
    Map<WellRole, Long> roles =
        plate.map().wells().values().stream().collect(Collectors.groupingBy(c -> c.role(), Collectors.counting()));
    assertThat(roles)
        .containsOnly(
            Map.entry(WellRole.SAMPLE, 320L), Map.entry(WellRole.NEGATIVE_CONTROL, 32L), Map.entry(WellRole.POSITIVE_CONTROL, 32L));
    assertThat(plate.plantedHits()).hasSize(32).allMatch(w -> plate.map().wells().get(w).role() == WellRole.SAMPLE);
    assertThat(plate.planes()).hasSize(384 * 2 * 6).doesNotHaveDuplicates();
    assertThat(plate.absent()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveControlsAndSamplesOnEveryPlate(PlateFormat format) {
    SimulatedPlate any = SimulatedPlate.of(DEMO.withFormat(format).withHitFraction(0.5));
    assertThat(any.map().wells()).hasSize(format.size());
    assertThat(any.map().wells().values()).extracting(c -> c.role())
        .contains(WellRole.SAMPLE, WellRole.NEGATIVE_CONTROL, WellRole.POSITIVE_CONTROL);
    long samples = any.map().wells().values().stream().filter(c -> c.role() == WellRole.SAMPLE).count();
    assertThat(any.plantedHits()).hasSize((int) Math.round(samples / 2.0));
  }

  @Test
  void shouldShowThePhenotypeInThePlantedChannelsAndNoOther() throws IOException {
    for (String channel : plate.channels()) {
      double auc = separation(channel);
      if (plate.plantedChannels().contains(channel)) {
        assertThat(auc).as("%s separates the controls by itself", channel).isGreaterThan(0.95);
      } else {
        assertThat(auc).as("%s tells nothing about the controls", channel).isBetween(0.3, 0.7);
      }
    }
  }

  @Test
  void shouldWritePngsThatAnotherReaderUnderstands() throws IOException {
    for (PixelType type : List.of(PixelType.UINT8, PixelType.UINT16)) {
      PlaneFormat format = new PlaneFormat(96, 64, type, Encoding.PNG);
      SimulatedPlate png = SimulatedPlate.of(DEMO.withImage(format));
      ArchivePlane plane = png.read(png.planes().get(4));
      ByteBuffer pixels = png.pixels(plane.id());
      byte[] bytes = new byte[plane.payload().remaining()];
      plane.payload().get(bytes);
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
      for (int i = 0; i < 96 * 64; i++) {
        int expected = type == PixelType.UINT8 ? pixels.get(i) & 0xFF : pixels.order(ByteOrder.nativeOrder()).getShort(2 * i) & 0xFFFF;
        assertThat(image.getRaster().getSample(i % 96, i / 96, 0)).isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldUseTheCamerasRange() throws IOException {
    SimulatedPlate raw = SimulatedPlate.of(DEMO.withImage(RAW16));
    ByteBuffer pixels = raw.read(raw.planes().getFirst()).payload().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(pixels.remaining()).isEqualTo(96 * 64 * 2);
    int max = 0;
    for (int i = 0; i < 96 * 64; i++) {
      max = Math.max(max, pixels.getShort(2 * i) & 0xFFFF);
    }
    assertThat(max).isBetween(16 * 60, 16 * 255);
  }

  @Test
  void shouldTellTheTimeOnlyWhenAskedTo() throws IOException {
    Instant start = Instant.parse("2026-01-05T08:00:00Z");
    SimulatedPlate timed = SimulatedPlate.of(DEMO.withStartedAt(start));
    assertThat(plate.read(plate.planes().get(3)).acquiredAt()).isNull();
    assertThat(timed.read(plate.planes().getFirst()).acquiredAt()).isEqualTo(start);
    assertThat(timed.read(plate.planes().getLast()).acquiredAt()).isEqualTo(start.plusMillis(50L * (4608 - 1)));
  }

  @Test
  void shouldRefuseAPlaneThatThePlateDoesNotHave() {
    PlaneId id = new PlaneId(WellAddress.parse("A01"), 3, "DNA", 0, 0);
    assertThatThrownBy(() -> plate.read(id)).isInstanceOf(IOException.class).hasMessageContaining("A01 site 3 channel DNA");
  }

  @Test
  void shouldRefuseASpecThatCannotBeSimulated() {
    assertThatThrownBy(() -> DEMO.withPlanted(List.of("GFP"))).hasMessageContaining("[GFP]");
    assertThatThrownBy(() -> DEMO.withSites(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> DEMO.withEffect(Double.NaN)).hasMessageContaining("not NaN");
    assertThatThrownBy(() -> DEMO.withImage(new PlaneFormat(4, 4, PixelType.UINT8, Encoding.PNG))).hasMessageContaining("4 x 4");
  }

  /** Share of pairs (positive, negative control) in which the positive one has the more outstanding spots, over the whole plate. */
  private double separation(String channel) throws IOException {
    List<Double> positive = new ArrayList<>();
    List<Double> negative = new ArrayList<>();
    for (Map.Entry<WellAddress, PlateMap.Content> well : plate.map().wells().entrySet()) {
      if (well.getValue().role() != WellRole.SAMPLE) {
        double spottiness = 0;
        for (int site = 1; site <= 2; site++) {
          spottiness += spottiness(plate.pixels(new PlaneId(well.getKey(), site, channel, 0, 0)));
        }
        (well.getValue().role() == WellRole.POSITIVE_CONTROL ? positive : negative).add(spottiness);
      }
    }
    long higher = positive.stream().mapToLong(p -> negative.stream().filter(n -> p > n).count()).sum();
    return higher / ((double) positive.size() * negative.size());
  }

  /** Fourth standardised moment, which bright spots raise: free of staining intensity. */
  private static double spottiness(ByteBuffer pixels) {
    int n = 128 * 128;
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += (pixels.get(i) & 0xFF) / (double) n;
    }
    double second = 0;
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double square = Math.pow((pixels.get(i) & 0xFF) - mean, 2);
      second += square / n;
      fourth += square * square / n;
    }
    return fourth / (second * second);
  }

  private WellAddress well(WellRole role) {
    return plate.map().wells().entrySet().stream()
        .filter(e -> e.getValue().role() == role)
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst()
        .orElseThrow();
  }

  private ByteBuffer payload(PlaneId id) {
    try {
      return plate.read(id).payload();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(ByteBuffer bytes) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(bytes.duplicate());
    return HexFormat.of().formatHex(digest.digest());
  }
}
