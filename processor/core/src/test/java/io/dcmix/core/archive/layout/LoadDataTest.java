package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadDataTest {
  private static final LoadData LOAD_DATA = new LoadData();
  private static final String HEADER = "FileName_OrigDNA,PathName_OrigDNA,FileName_OrigER,PathName_OrigER,Metadata_Plate,Metadata_Well,Metadata_Site\n";

  @TempDir Path folder;

  @Test
  void shouldReadTheSamePlanesFromARealTableAsFromTheIndexItWasMadeFrom() throws IOException {
    Path real = RealData.folder("harmony").resolve("phenix_v5_namespace");
    Files.copy(real.resolve("load_data_version1.csv"), folder.resolve("load_data.csv"));
    Files.createDirectory(folder.resolve("images"));
    PlateIndex harmony = Folders.read(new Harmony(), real).plates().getFirst();
    for (IndexedPlane plane : harmony.planes()) {
      Path name = plane.location().file().getFileName();
      Files.copy(plane.location().file(), folder.resolve("images").resolve(name));
    }
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    PlateIndex plate = read.plates().getFirst();
    // The table names the folder of the machine that wrote it: tests/data/Version1/images/.
    assertThat(plate.key()).isEqualTo(new PlateKey("BR00121482", "1"));
    assertThat(plate.channels()).containsExactly("RNA", "ER", "AGP", "Mito", "Brightfield", "DNA");
    Map<String, String> names = Map.of(
        "HOECHST 33342", "DNA", "Alexa 568", "AGP", "Alexa 647", "Mito", "Alexa 488", "ER", "488 long", "RNA", "Brightfield", "Brightfield");
    assertThat(plate.planes()).extracting(p -> p.id().toString(), p -> p.location().file().getFileName().toString(), IndexedPlane::acquiredAt)
        .containsExactlyInAnyOrderElementsOf(harmony.planes().stream().map(p -> org.assertj.core.groups.Tuple.tuple(
            Folders.plane("A01", p.id().site(), names.get(p.id().channel())).toString(), p.location().file().getFileName().toString(), p.acquiredAt()))
            .toList());
    assertThat(read.findings().choices()).anyMatch(c -> c.what().contains("tests/data/Version1") && c.otherwise().equals("paths=exact"))
        .anyMatch(c -> c.otherwise().equals("channels=exact")).anyMatch(c -> c.otherwise().equals("wells=384"));
    assertThat(Folders.read(LOAD_DATA, folder, Folders.choice("channels", "exact")).plates().getFirst().channels()).contains("OrigDNA");
  }

  @Test
  void shouldReadThePlateAndItsLocalTimeFromTheFullPlateFolder() throws IOException {
    String full = "BR00117035__2021-05-02T16_02_51-Measurement1";
    Folders.images(folder, "images/b1/images/" + full + "/Images/a.tiff");
    Folders.text(folder, "workspace/load_data_csv/b1/BR00117035/load_data.csv",
        "URL_OrigDNA,Metadata_Plate,Metadata_Well,Metadata_Site\ns3://cellpainting-gallery/cpg0016-jump/source_4/images/b1/images/" + full
            + "/Images/a.tiff,BR00117035,A01,1\n");
    PlateIndex plate = Folders.read(LOAD_DATA, folder).plates().getFirst();
    assertThat(plate.key()).isEqualTo(new PlateKey("BR00117035", "2021-05-02T16_02_51-Measurement1"));
    IndexedPlane plane = plate.planes().getFirst();
    assertThat(plane.acquiredAt()).isNull();
    assertThat(plane.acquiredAtText()).isEqualTo("2021-05-02T16:02:51");
    IndexedPlane zoned = Folders.read(LOAD_DATA, folder, Folders.zone("America/New_York")).plates().getFirst().planes().getFirst();
    assertThat(zoned.acquiredAt()).isEqualTo(Instant.parse("2021-05-02T20:02:51Z"));
    // In the hour that comes twice as clocks are set back, nobody can know.
    Folders.images(folder, "P__2021-11-07T01_30_00-Measurement2/a.tiff");
    Folders.text(folder, "load_data.csv", "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site\na.tiff,/x/P__2021-11-07T01_30_00-Measurement2,P,A01,1\n");
    assertThat(Folders.read(LOAD_DATA, folder, Folders.zone("America/New_York")).plates().getLast().planes().getFirst().acquiredAt()).isNull();
  }

  @Test
  void shouldTellTwoMeasurementsOfOnePlateApart() throws IOException {
    Folders.images(folder, "P__2021-05-02T16_02_51-Measurement1/a.tiff", "P__2021-05-03T16_02_51-Measurement2/a.tiff");
    table("a.tiff,/d/P__2021-05-02T16_02_51-Measurement1,,,P,A01,1\na.tiff,/d/P__2021-05-03T16_02_51-Measurement2,,,P,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(read.plates()).extracting(p -> p.key().acquisition())
        .containsExactly("2021-05-02T16_02_51-Measurement1", "2021-05-03T16_02_51-Measurement2");
    ArchiveOptions second = new ArchiveOptions(null, "2021-05-03T16_02_51-Measurement2", null, Map.of(), Map.of());
    assertThat(Folders.read(LOAD_DATA, folder, second).plates()).hasSize(1);
  }

  @Test
  void shouldReadAGzippedTable() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write((HEADER + "a.tiff,.,b.tiff,.,P,A01,1\n").getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("load_data.csv.gz"), bytes.toByteArray());
    assertThat(LOAD_DATA.recognises(FolderScan.of(folder))).isTrue();
    assertThat(only().planes()).hasSize(2);
    Files.write(folder.resolve("load_data.csv.gz"), java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 9));
    assertThatThrownBy(() -> Folders.read(LOAD_DATA, folder)).isInstanceOf(ArchiveException.class).hasMessageContaining("damaged gzip");
  }

  @Test
  void shouldReadTheWellFromCpdWellPositionWhereThereIsNoMetadataWell() throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "load_data.csv", "URL_DNA,Metadata_Plate,Metadata_CPD_WELL_POSITION,Metadata_Site\na.tiff,P,b3,1\n");
    assertThat(Folders.planes(folder, only())).isEqualTo(Map.of("B03 site 1 channel DNA", "a.tiff"));
  }

  @Test
  void shouldLeaveOutSitesThatAreNoNumbersAndSayHowToKeepThem() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff", "c.tiff");
    table("a.tiff,.,,,P,A01,1\nb.tiff,.,,,P,A01,20585/\nc.tiff,.,,,P,A01,IXMtest\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(read.plates().getFirst().planes()).extracting(p -> p.id().site()).containsExactly(1);
    assertThat(read.findings().choices()).anyMatch(c -> c.otherwise().equals("sites=ranked") && c.what().startsWith("2 sites are left out")
        && c.what().contains("line 3: '20585/'") && c.what().contains("line 4: 'IXMtest'"));
    assertThat(read.findings().unknown().examples()).containsExactly("b.tiff", "c.tiff");
    assertThat(Folders.read(LOAD_DATA, folder, Folders.choice("sites", "ranked")).plates().getFirst().planes())
        .extracting(p -> p.id().site()).containsExactly(1, 2, 3);
  }

  @Test
  void shouldTakeAFileForOneOfTheTwoChannelsThatPointToIt() throws IOException {
    Folders.images(folder, "a.tiff");
    table("a.tiff,.,a.tiff,.,P,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(Folders.planes(folder, read.plates().getFirst())).isEqualTo(Map.of("A01 site 1 channel DNA", "a.tiff"));
    assertThat(Folders.absent(read.plates().getFirst())).containsExactly("A01 site 1 channel ER: MISSING: its file a.tiff is A01 site 1 channel DNA already");
    assertThat(read.findings().choices()).anyMatch(c -> c.otherwise().equals("shared=both"));
    assertThat(Folders.read(LOAD_DATA, folder, Folders.choice("shared", "both")).plates().getFirst().planes()).hasSize(2);
  }

  @Test
  void shouldTakeAFileForOneOfTheTwoPlatesThatPointToIt() throws IOException {
    Folders.images(folder, "a.tiff");
    table("a.tiff,.,,,P1,A01,1\na.tiff,.,,,P2,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(read.plates()).extracting(plate -> plate.planes().size()).containsExactly(1, 0);
    assertThat(read.findings().choices()).anyMatch(c -> c.otherwise().equals("shared=both"));
  }

  @Test
  void shouldResolvePathsOfAnotherMachineByTheirLongestEndingBelowTheRoot() throws IOException {
    Folders.images(folder, "x/a.tiff", "b/x/a.tiff", "a.tiff");
    table("a.tiff,/home/someone/b/x/,a.tiff,D:\\data\\x,P,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(Folders.planes(folder, read.plates().getFirst())).isEqualTo(
        Map.of("A01 site 1 channel DNA", "b/x/a.tiff", "A01 site 1 channel ER", "x/a.tiff"));
    assertThat(read.findings().choices()).anyMatch(c -> c.what().contains("[home/someone, data]") && c.otherwise().equals("paths=exact"));
    PlateIndex exact = Folders.read(LOAD_DATA, folder, Folders.choice("paths", "exact")).plates().getFirst();
    assertThat(exact.planes()).isEmpty();
    assertThat(exact.absent()).hasSize(2);
  }

  @Test
  void shouldNotTakeTheSameNameInTheFolderOfAnotherPlate() throws IOException {
    Path root = Files.createDirectory(folder.resolve("P2__2021-05-02T16_02_51-Measurement1"));
    Folders.images(root, "Images/a.tiff");
    Folders.text(root, "load_data.csv", HEADER + "a.tiff,/d/P1__2021-05-02T16_02_51-Measurement1/Images,a.tiff,/d/P2__2021-05-02T16_02_51-Measurement1/Images,P2,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, root);
    assertThat(read.plates().stream().flatMap(p -> p.planes().stream()).toList()).singleElement()
        .satisfies(plane -> assertThat(plane.id().channel()).isEqualTo("ER"));
    assertThat(read.plates().stream().flatMap(p -> Folders.absent(p).stream()).toList()).containsExactly("A01 site 1 channel DNA: MISSING: file a.tiff is missing");
  }

  @Test
  void shouldReadNothingOutsideOfTheRoot() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Folders.images(folder, "secret.tiff");
    Folders.images(inner, "a.tiff");
    Files.createSymbolicLink(inner.resolve("link.tiff"), folder.resolve("secret.tiff"));
    Folders.text(inner, "load_data.csv", HEADER + "a.tiff,.,secret.tiff,..,P,A01,1\nlink.tiff,.," + folder.resolve("secret.tiff") + ",,P,A01,2\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, inner);
    assertThat(Folders.planes(inner, read.plates().getFirst()).values()).containsExactly("a.tiff");
    assertThat(read.plates().getFirst().absent()).hasSize(3);
    assertThat(read.findings().warnings()).anyMatch(w -> w.startsWith("1 images are not read: their paths lead out of the archive, as [../secret.tiff]"))
        .contains("refused: link.tiff is a link that leads out of the folder");
  }

  @Test
  void shouldTellMissingFilesFromThoseThatWereNotRecorded() throws IOException {
    Folders.images(folder, "a.tiff");
    table("a.tiff,.,b.tiff,.,P,A01,1\na.tiff,.,NA,.,P,A02,1\n");
    assertThat(Folders.absent(only())).contains("A01 site 1 channel ER: MISSING: file b.tiff is missing",
        "A02 site 1 channel ER: NOT_RECORDED: the index names no file");
  }

  @Test
  void shouldPreferThePlainTableAndIgnoreIlluminationFunctions() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff", "illum/dna.tiff");
    Folders.text(folder, "one/load_data.csv", HEADER + "a.tiff,.,b.tiff,.,P,A01,1\n");
    Folders.text(folder, "one/load_data_with_illum.csv", HEADER + "a.tiff,.,b.tiff,.,P,A02,1\n");
    Folders.text(folder, "two/load_data_with_illum.csv",
        "FileName_OrigDNA,PathName_OrigDNA,FileName_IllumDNA,PathName_IllumDNA,Metadata_Plate,Metadata_Well,Metadata_Site\na.tiff,x,dna.tiff,illum,Q,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(read.plates()).extracting(p -> p.key().plate()).containsExactly("P", "Q");
    assertThat(read.findings().choices()).anyMatch(c -> c.what().equals("one/load_data_with_illum.csv is not read, because one/load_data.csv lies beside it"));
    assertThat(read.findings().ignored().get("illumination correction").examples()).containsExactly("illum/dna.tiff");
    assertThat(read.plates().getLast().channels()).containsExactly("DNA");
  }

  @Test
  void shouldSayWhereTheBarcodeAndTheFolderDiffer() throws IOException {
    Folders.images(folder, "P1__2021-05-02T16_02_51-Measurement1/a.tiff");
    table("a.tiff,P1__2021-05-02T16_02_51-Measurement1,,,BR1,A01,1\n");
    ArchiveIndex read = Folders.read(LOAD_DATA, folder);
    assertThat(read.plates().getFirst().key().plate()).isEqualTo("BR1");
    assertThat(read.findings().choices()).anyMatch(c -> c.otherwise().equals("barcode=folder") && c.what().contains("'BR1' lies in P1__"));
    assertThat(Folders.read(LOAD_DATA, folder, Folders.choice("barcode", "folder")).plates().getFirst().key().plate()).isEqualTo("P1");
  }

  @Test
  void shouldNameTheLineOfARowThatMakesNoSense() throws IOException {
    Folders.images(folder, "a.tiff");
    table("a.tiff,.,,,P,A01,1\na.tiff,.,,,P,Z99,1\n");
    assertThat(Folders.read(LOAD_DATA, folder).findings().warnings()).anyMatch(w -> w.startsWith("load_data.csv: line 3: a site is left out: 'Z99'"));
    Folders.text(folder, "load_data.csv", "Metadata_Plate,Metadata_Well\nP,A01\n");
    assertThatThrownBy(() -> Folders.read(LOAD_DATA, folder)).isInstanceOf(ArchiveException.class)
        .hasMessageContaining("load_data.csv: has no column URL_... or FileName_...");
  }

  private PlateIndex only() throws IOException {
    ArchiveIndex index = Folders.read(LOAD_DATA, folder);
    assertThat(index.plates()).hasSize(1);
    return index.plates().getFirst();
  }

  private void table(String rows) throws IOException {
    Folders.text(folder, "load_data.csv", HEADER + rows);
  }
}
