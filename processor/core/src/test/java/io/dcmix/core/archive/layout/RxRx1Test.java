package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RxRx1Test {
  private static final RxRx1 RXRX1 = new RxRx1();
  private static final String HEADER = "site_id,well_id,cell_type,dataset,experiment,plate,well,site,well_type,sirna,sirna_id\n";

  @TempDir Path folder;

  @Test
  void shouldTellPlate1OfOneExperimentFromPlate1OfAnother() throws IOException {
    site("images/HEPG2-01/Plate1/B02_s1");
    site("images/HEPG2-01/Plate2/B02_s1");
    site("images/U2OS-03/Plate1/B02_s1");
    assertThat(RXRX1.recognises(FolderScan.of(folder))).isTrue();
    List<PlateIndex> plates = Folders.read(RXRX1, folder).plates();
    assertThat(plates).extracting(PlateIndex::key).containsExactly(
        new PlateKey("HEPG2-01_1", "1"), new PlateKey("HEPG2-01_2", "1"), new PlateKey("U2OS-03_1", "1"));
    assertThat(plates).extracting(PlateIndex::format).containsOnly(PlateFormat.WELLS_384);
    ArchiveOptions one = new ArchiveOptions("U2OS-03_1", null, null, Map.of(), Map.of());
    assertThat(Folders.planes(folder, Folders.read(RXRX1, folder, one).plates().getFirst()))
        .containsEntry("B02 site 1 channel nuclei", "images/U2OS-03/Plate1/B02_s1_w1.png");
  }

  @Test
  void shouldReadTheTreesOf2019And2020AndAnExperimentAlone() throws IOException {
    Path of2019 = Files.createDirectory(folder.resolve("2019"));
    Path of2020 = Files.createDirectory(folder.resolve("2020"));
    Folders.images(of2019, "train/HEPG2-01/Plate1/B02_s1_w1.png", "test/HEPG2-08/Plate4/O23_s2_w6.png");
    Folders.images(of2020, "images/HEPG2-01/Plate1/B02_s1_w1.png");
    assertThat(keys(of2019)).containsExactly("HEPG2-01_1/1", "HEPG2-08_4/1");
    assertThat(keys(of2020)).containsExactly("HEPG2-01_1/1");
    assertThat(keys(of2020.resolve("images/HEPG2-01"))).containsExactly("HEPG2-01_1/1");
  }

  @Test
  void shouldNameChannelsByTheirStainsOrNumbers() throws IOException {
    site("HEPG2-01/Plate1/B02_s1");
    ArchiveIndex read = Folders.read(RXRX1, folder);
    assertThat(read.plates().getFirst().channels()).containsExactly("nuclei", "ER", "actin", "RNA", "mitochondria", "Golgi");
    assertThat(read.findings().choices()).singleElement().satisfies(choice -> assertThat(choice.otherwise()).isEqualTo("channels=numbers"));
    ArchiveOptions numbers = new ArchiveOptions(null, null, null, Map.of("w1", "DNA"), Map.of("channels", "numbers"));
    assertThat(Folders.read(RXRX1, folder, numbers).plates().getFirst().channels()).containsExactly("DNA", "w2", "w3", "w4", "w5", "w6");
  }

  @Test
  void shouldReadWhatIsInTheWellsFromTheMetadata() throws IOException {
    site("images/HEPG2-01/Plate1/B02_s1");
    site("images/HEPG2-01/Plate1/B03_s1");
    site("images/HEPG2-01/Plate1/B04_s1");
    site("images/HEPG2-01/Plate2/B02_s1");
    Folders.text(folder, "metadata.csv", HEADER
        + row("HEPG2-01", 1, "B02", 1, "positive_control", "s15652") + row("HEPG2-01", 1, "B03", 1, "treatment", "s21721")
        + row("HEPG2-01", 1, "B04", 1, "negative_control", "EMPTY") + row("HEPG2-01", 2, "B02", 1, "treatment", "s1"));
    ArchiveIndex read = Folders.read(RXRX1, folder);
    PlateMap map = read.plates().getFirst().map();
    assertThat(map).isNotNull();
    assertThat(map.wells()).hasSize(3)
        .containsEntry(WellAddress.parse("B02"), new PlateMap.Content(WellRole.POSITIVE_CONTROL, "s15652", null, null))
        .containsEntry(WellAddress.parse("B03"), new PlateMap.Content(WellRole.SAMPLE, "s21721", null, null))
        .containsEntry(WellAddress.parse("B04"), new PlateMap.Content(WellRole.NEGATIVE_CONTROL, "EMPTY", null, null));
    assertThat(read.plates().get(1).map()).isNotNull();
    assertThat(read.findings().warnings()).isEmpty();
    assertThat(read.plates()).allSatisfy(plate -> assertThat(plate.absent()).isEmpty());
  }

  @Test
  void shouldCallSitesThatAreMissingAbsent() throws IOException {
    site("images/HEPG2-01/Plate1/B02_s1");
    site("images/HEPG2-01/Plate1/B02_s2");
    site("images/HEPG2-01/Plate1/B03_s1");
    site("images/HEPG2-01/Plate1/B04_s1");
    Files.delete(folder.resolve("images/HEPG2-01/Plate1/B02_s2_w6.png"));
    // B03 has a second site that was lost here; of B04 the authors published one alone, and nothing of B05 is left.
    Folders.text(folder, "metadata.csv", HEADER + row("HEPG2-01", 1, "B02", 1, "treatment", "a") + row("HEPG2-01", 1, "B02", 2, "treatment", "a")
        + row("HEPG2-01", 1, "B03", 1, "treatment", "b") + row("HEPG2-01", 1, "B03", 2, "treatment", "b") + row("HEPG2-01", 1, "B04", 1, "treatment", "c")
        + row("HEPG2-01", 1, "B05", 1, "treatment", "d") + row("HUVEC-09", 1, "B05", 1, "treatment", "d"));
    ArchiveIndex read = Folders.read(RXRX1, folder);
    List<String> absent = Folders.absent(read.plates().getFirst());
    assertThat(absent).hasSize(1 + 6 + 6 + 12).contains(
        "B02 site 2 channel Golgi: MISSING: no file for B02 site 2 channel Golgi",
        "B03 site 2 channel nuclei: MISSING: no file for B03 site 2 channel nuclei",
        "B04 site 2 channel nuclei: NOT_RECORDED: metadata.csv does not list the site",
        "B05 site 1 channel nuclei: MISSING: no file for B05 site 1 channel nuclei",
        "B05 site 2 channel nuclei: NOT_RECORDED: metadata.csv does not list the site");
    assertThat(read.findings().warnings()).containsExactly("metadata.csv lists 1 plates of which there is no file here");
  }

  @Test
  void shouldMissTheOtherSiteOfAWellWhereThereIsNoMetadata() throws IOException {
    site("HEPG2-01/Plate1/B02_s1");
    site("HEPG2-01/Plate1/B02_s2");
    site("HEPG2-01/Plate1/B03_s2");
    ArchiveIndex read = Folders.read(RXRX1, folder);
    assertThat(Folders.absent(read.plates().getFirst())).hasSize(6).contains("B03 site 1 channel ER: MISSING: no file for B03 site 1 channel ER");
    assertThat(read.findings().warnings()).singleElement().asString().startsWith("there is no metadata.csv");
    assertThat(read.plates().getFirst().map()).isNull();
  }

  @Test
  void shouldGoOnWithoutAMetadataTableThatIsBroken() throws IOException {
    site("HEPG2-01/Plate1/B02_s1");
    Folders.text(folder, "metadata.csv", HEADER + "\"never closed");
    ArchiveIndex read = Folders.read(RXRX1, folder);
    assertThat(read.plates()).hasSize(1);
    assertThat(read.findings().warnings()).hasSize(2).first().asString().contains("metadata.csv").contains("a quote is opened");
  }

  @Test
  void shouldNameTheLinesOfTheMetadataThatMakeNoSense() throws IOException {
    site("HEPG2-01/Plate1/B02_s1");
    Folders.text(folder, "metadata.csv", HEADER + row("HEPG2-01", 1, "B02", 1, "treatment", "a") + row("HEPG2-01", 1, "B99", 1, "treatment", "a"));
    assertThat(Folders.read(RXRX1, folder).findings().warnings()).anyMatch(w -> w.startsWith("metadata.csv: line 3: a site is left out: 'B99'"));
  }

  @Test
  void shouldTellFilesThatDoNotFit() throws IOException {
    site("HEPG2-01/Plate1/B02_s1");
    Folders.images(folder, "HEPG2-01/Plate1/B02_s1_w1_thumb.png", "HEPG2-01/Plate1/Z99_s1_w1.png", "pixel_stats.csv");
    ArchiveIndex read = Folders.read(RXRX1, folder);
    assertThat(read.findings().unknown().examples()).containsExactly("HEPG2-01/Plate1/B02_s1_w1_thumb.png");
    assertThat(read.findings().ignored()).containsOnlyKeys("a name that names no well", "not an image");
    assertThat(RXRX1.recognises(FolderScan.of(Files.createDirectory(folder.resolve("empty"))))).isFalse();
    assertThatThrownBy(() -> Folders.read(RXRX1, folder.resolve("empty"))).isInstanceOf(ArchiveException.class).hasMessageContaining("B02_s1_w1.png");
  }

  @Test
  void shouldNotExpectAGridOfSitesThatNobodyImaged() throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      names.add("HEPG2-01/Plate1/%s_s%d_w%d.png".formatted(PlateFormat.WELLS_384.wells().get(i % 384), i, i % 6 + 1));
    }
    for (String name : names) {
      Folders.text(folder, name, "x");
    }
    assertThat(Folders.read(RXRX1, folder).plates().getFirst().absent()).isEmpty();
    assertThat(Folders.read(RXRX1, folder).findings().warnings()).contains("HEPG2-01_1: the names have 1000 different sites; what is missing cannot be told");
  }

  private static List<String> keys(Path folder) throws IOException {
    return Folders.read(RXRX1, folder).plates().stream().map(plate -> plate.key().toString()).toList();
  }

  private static String row(String experiment, int plate, String well, int site, String type, String sirna) {
    return "x,x,HEPG2,train,%s,%d,%s,%d,%s,%s,1\n".formatted(experiment, plate, well, site, type, sirna);
  }

  private void site(String name) throws IOException {
    for (int w = 1; w <= 6; w++) {
      Folders.images(folder, name + "_w" + w + ".png");
    }
  }
}
