package io.dcmix.streams.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.PublishProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By what a published well is known again, and what follows from it. */
class WellContentTest {
  /** SHA-256 of "1/DNA/0/aa\n1/ER%2F2/0/bb\n2/DNA/1/cc\n", by sha256sum. */
  private static final String THREE = "cfd02c27337299072f193937ce3fbcc294cee1864f10143d6728962e6547b71e";

  /** SHA-256 of nothing, FIPS 180-4. */
  private static final String NONE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final PlaneId A = plane(1, "DNA", 0);
  private static final PlaneId B = plane(1, "ER/2", 0);
  private static final PlaneId C = plane(2, "DNA", 1);

  @TempDir Path folder;

  @Test
  void theHashIsThatOfTheSortedLinesWhateverTheOrderOfThePlanes() {
    WellContent content = new WellContent();
    content.add(C, "cc");
    content.add(A, "aa");
    content.add(B, "bb");
    assertThat(content.sha256()).isEqualTo(THREE);
    assertThat(content.planes()).isEqualTo(3);
    assertThat(new WellContent().sha256()).isEqualTo(NONE);
  }

  @Test
  void otherBytesOrAnotherPlaneAreAnotherContent() {
    assertThat(content(A, "ab").sha256()).isNotEqualTo(content(A, "aa").sha256());
    assertThat(content(C, "aa").sha256()).isNotEqualTo(content(A, "aa").sha256());
  }

  @Test
  void theFingerprintStaysWhereNothingIsTouchedAndChangesWithSizeTimeAndName() throws IOException {
    Path file = Files.writeString(folder.resolve("a.png"), "four");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    String before = WellContent.fingerprint(new OneFile(file), List.of(A));
    assertThat(before).matches("[0-9a-f]{64}").isEqualTo(WellContent.fingerprint(new OneFile(file), List.of(A)));

    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(1)));
    assertThat(WellContent.fingerprint(new OneFile(file), List.of(A))).isNotEqualTo(before);
    Files.writeString(file, "five!");
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertThat(WellContent.fingerprint(new OneFile(file), List.of(A))).isNotEqualTo(before);
    Path renamed = Files.writeString(folder.resolve("b.png"), "four");
    Files.setLastModifiedTime(renamed, FileTime.from(Instant.EPOCH));
    assertThat(WellContent.fingerprint(new OneFile(renamed), List.of(A))).isNotEqualTo(before);
  }

  @Test
  void aFolderThatWasMovedHasTheSameFingerprint() throws IOException {
    Path here = Files.writeString(Files.createDirectory(folder.resolve("here")).resolve("a.png"), "four");
    Path there = Files.writeString(Files.createDirectory(folder.resolve("there")).resolve("a.png"), "four");
    Files.setLastModifiedTime(there, Files.getLastModifiedTime(here));
    assertThat(WellContent.fingerprint(new OneFile(there), List.of(A))).isEqualTo(WellContent.fingerprint(new OneFile(here), List.of(A)));
  }

  @Test
  void planesThatAreNoFilesOrAreGoneHaveNoFingerprint() {
    assertThat(WellContent.fingerprint(new OneFile(null), List.of(A))).isNull();
    assertThat(WellContent.fingerprint(new OneFile(folder.resolve("gone.png")), List.of(A))).isNull();
  }

  @Test
  void onlyWellsThatAreSurelyUnchangedAreNotReadAgain() {
    assertThat(Resumption.of(null, "f")).isEqualTo(Resumption.PUBLISH);
    assertThat(Resumption.of(null, null)).isEqualTo(Resumption.PUBLISH);
    assertThat(Resumption.of(published("f"), "f")).isEqualTo(Resumption.SKIP);
    assertThat(Resumption.of(published("f"), "g")).isEqualTo(Resumption.COMPARE);
    assertThat(Resumption.of(published("f"), null)).isEqualTo(Resumption.COMPARE);
    assertThat(Resumption.of(published(null), null)).as("planes that are no files").isEqualTo(Resumption.COMPARE);
  }

  @Test
  void aWellIsOneTimepointHoweverTheArchiveMixesThem() {
    PlaneId first = new PlaneId(WellAddress.parse("A01"), 1, "DNA", 0, 0);
    PlaneId later = new PlaneId(WellAddress.parse("A01"), 1, "DNA", 1, 0);
    PlaneId other = new PlaneId(WellAddress.parse("A02"), 1, "DNA", 0, 0);
    PlaneId second = new PlaneId(WellAddress.parse("A01"), 2, "DNA", 0, 0);
    PlateKey key = new PlateKey("P", "run");
    assertThat(PlateReading.wells(new OneFile(null, List.of(first, later, other, second)), key)).containsExactly(
        entry(WellKey.of("P", "run", "A01", 0), List.of(first, second)),
        entry(WellKey.of("P", "run", "A01", 1), List.of(later)),
        entry(WellKey.of("P", "run", "A02", 0), List.of(other)));
  }

  private static WellContent content(PlaneId id, String sha256) {
    WellContent content = new WellContent();
    content.add(id, sha256);
    return content;
  }

  private static PublishProgress published(String fingerprint) {
    return PublishProgress.newBuilder().setPlate("P").setAcquisition("run").setWell("B02").setTimepoint(0).setPlanes(1)
        .setContentSha256(NONE).setSourceFingerprint(fingerprint).setPublishedAt(Instant.EPOCH).build();
  }

  private static PlaneId plane(int site, String channel, int z) {
    return new PlaneId(WellAddress.parse("B02"), site, channel, 0, z);
  }

  /** All planes lie in one file. */
  private record OneFile(Path path, List<PlaneId> planes) implements PlateArchive {
    OneFile(Path path) {
      this(path, List.of());
    }

    @Override
    public Path file(PlaneId id) {
      return path;
    }

    @Override
    public PlateKey key() {
      return new PlateKey("P", "run");
    }

    @Override
    public PlateFormat format() {
      return PlateFormat.WELLS_96;
    }

    @Override
    public String instrument() {
      return null;
    }

    @Override
    public List<String> channels() {
      return List.of("DNA", "ER/2");
    }

    @Override
    public List<AbsentPlane> absent() {
      return List.of();
    }

    @Override
    public ArchivePlane read(PlaneId id) throws IOException {
      throw new IOException("it has no pixels");
    }
  }
}
