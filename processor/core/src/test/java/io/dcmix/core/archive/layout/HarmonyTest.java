package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.Csv;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HarmonyTest {
  private static final Harmony HARMONY = new Harmony();

  /** The names that the real exports' tables of expected values use, by the index's. */
  private static final Map<String, String> TABLE_NAMES = Map.of(
      "HOECHST 33342", "OrigDNA", "Alexa 568", "OrigAGP", "Alexa 647", "OrigMito", "Alexa 488", "OrigER", "488 long", "OrigRNA",
      "Alexa 488 Em 650", "OrigRNA", "Brightfield", "OrigBrightfield", "405ex, 570-630-em)", "OrigActin");

  @TempDir Path folder;

  @Test
  void shouldReadARealExportOfVersion5AsItsTableExpects() throws IOException {
    Path real = RealData.folder("harmony").resolve("phenix_v5_namespace");
    ArchiveIndex index = Folders.read(HARMONY, real);
    PlateIndex plate = index.plates().getFirst();
    assertThat(index.plates()).hasSize(1);
    assertThat(plate.key()).isEqualTo(new PlateKey("BR00121482", "5de72537-0fda-42a5-8715-2e605ccb652c"));
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_384);
    assertThat(plate.instrument()).isEqualTo("Phenix");
    assertThat(plate.channels()).containsExactly("Alexa 647", "Alexa 568", "488 long", "Alexa 488", "HOECHST 33342", "Brightfield");
    assertThat(plate.absent()).isEmpty();
    Csv table = Csv.read(real.resolve("load_data_version1.csv"));
    assertThat(plate.planes()).hasSize(6).allSatisfy(plane -> {
      String name = TABLE_NAMES.get(plane.id().channel());
      assertThat(plane.id()).isEqualTo(Folders.plane(cell(table, "Metadata_Well"), Integer.parseInt(cell(table, "Metadata_Site")), plane.id().channel()));
      assertThat(plane.location().file()).hasFileName(cell(table, "FileName_" + name));
      assertThat(plane.acquiredAt()).isEqualTo(OffsetDateTime.parse(cell(table, "Metadata_AbsTime_" + name)).toInstant());
      assertThat(plane.acquiredAtText()).isNull();
    });
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(index.findings().choices()).isEmpty();
    assertThat(index.findings().unknown().count()).isZero();

    // The files as they are: 8-bit declared or not, the payload's own header counts.
    ArchivePlane read = Folders.open(real, plate).read(plate.planes().getFirst().id());
    assertThat(read.format().width()).isEqualTo(1080);
    assertThat(read.format().height()).isEqualTo(1080);
  }

  @Test
  void shouldReadARealIndexOfVersion7AsItsTableExpects() throws IOException {
    Path real = RealData.folder("harmony").resolve("phenix_v7_index_only");
    ArchiveIndex index = Folders.read(HARMONY, real);
    PlateIndex plate = index.plates().getFirst();
    assertThat(plate.key().plate()).isEqualTo("240624_WES_Perturbs_n_densities_1.1");
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(plate.channels()).containsExactly(
        "Alexa 488", "Alexa 568", "Alexa 488 Em 650", "405ex, 570-630-em)", "Alexa 647", "HOECHST 33342", "Brightfield");
    // The export was published without its images.
    assertThat(plate.planes()).isEmpty();
    Csv table = Csv.read(real.resolve("load_data_version7.csv"));
    assertThat(plate.absent()).hasSize(7).allSatisfy(absent -> {
      assertThat(absent.id()).isEqualTo(Folders.plane("A01", 1, absent.id().channel()));
      assertThat(absent.reason()).isEqualTo("file %s is missing".formatted(cell(table, "FileName_" + TABLE_NAMES.get(absent.id().channel()))));
    });
  }

  @Test
  void shouldReadTimesOfSevenFractionalDigitsWithTheirOffset() throws IOException {
    Path real = RealData.folder("harmony").resolve("phenix_v7_index_only");
    Files.copy(real.resolve("Index.xml"), folder.resolve("Index.xml"));
    for (int c = 1; c <= 7; c++) {
      Files.write(folder.resolve("r01c01f01p01-ch%dsk1fk1fl1.tiff".formatted(c)), Folders.tiff(16));
    }
    PlateIndex plate = Folders.read(HARMONY, folder).plates().getFirst();
    assertThat(plate.absent()).isEmpty();
    Csv table = Csv.read(real.resolve("load_data_version7.csv"));
    assertThat(plate.planes()).hasSize(7).allSatisfy(plane -> assertThat(plane.acquiredAt())
        .isEqualTo(OffsetDateTime.parse(cell(table, "Metadata_AbsTime_" + TABLE_NAMES.get(plane.id().channel()))).toInstant()));
    // 11:48:55.5306001 at four hours behind UTC.
    assertThat(plate.planes()).extracting(IndexedPlane::acquiredAt).contains(Instant.parse("2024-06-24T15:48:55.530600100Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "http://www.perkinelmer.com/PEHH/HarmonyV5", "43B2A954-E3C3-47E1-B392-6635266B0DD3/HarmonyV7", "http://www.perkinelmer.com/PEHH/HarmonyV3", ""})
  void shouldMatchLocalNamesWhateverTheNamespace(String namespace) throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "Index.xml", document(namespace, plate("P", "P"), image(1, 1, 1, 1, 1, "a.tiff")));
    assertThat(HARMONY.recognises(FolderScan.of(folder))).isTrue();
    assertThat(only().planes()).hasSize(1);
  }

  @Test
  void shouldIdentifyPlanesFromTheIndexAndNeverFromTheName() throws IOException {
    Folders.images(folder, "r16c24f09p03-ch9sk1fk1fl1.tiff", "002003-4-001001001.tif");
    index(image(1, 2, 3, 1, 1, "r16c24f09p03-ch9sk1fk1fl1.tiff"), image(4, 5, 6, 1, 1, "002003-4-001001001.tif"));
    assertThat(Folders.planes(folder, only())).isEqualTo(Map.of(
        "A02 site 3 channel Channel 1", "r16c24f09p03-ch9sk1fk1fl1.tiff", "D05 site 6 channel Channel 1", "002003-4-001001001.tif"));
  }

  @Test
  void shouldTakeReferencesOfWellsForNoPlanes() throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "Index.xml", document("", plate("P", "P"),
        "<Wells><Well><id>0101</id><Image id='1'/><Image id='2'/></Well></Wells>", image(1, 1, 1, 1, 1, "a.tiff")));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().planes()).hasSize(1);
    assertThat(read.findings().warnings()).containsExactly("Index.xml: the wells refer to 2 images, and 1 are described");
  }

  @Test
  void shouldCountTimepointsFromZeroInVersion5() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    index(image(1, 1, 1, 0, 1, "a.tiff"), image(1, 1, 1, 1, 1, "b.tiff"));
    assertThat(only().planes()).extracting(plane -> plane.id().timepoint()).containsExactly(0, 1);
  }

  @Test
  void shouldCountTimepointsFromOneInVersion7() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 1, 3, 1, "b.tiff"));
    assertThat(only().planes()).extracting(plane -> plane.id().timepoint()).containsExactly(0, 2);
  }

  @Test
  void shouldSayHowTimepointsAreCountedWhereTheFirstIsNotThere() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 4, 1, "a.tiff"));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().planes().getFirst().id().timepoint()).isEqualTo(3);
    assertThat(read.findings().choices()).singleElement().satisfies(choice -> assertThat(choice.otherwise()).isEqualTo("timepointBase=0"));
    PlateIndex other = Folders.read(HARMONY, folder, Folders.choice("timepointBase", "0")).plates().getFirst();
    assertThat(other.planes().getFirst().id().timepoint()).isEqualTo(4);
  }

  @Test
  void shouldReadAByteOrderMarkAndIgnoreFlatFieldsWithNaN() throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "Index.xml", "\uFEFF" + document("", plate("P", "P"),
        "<Maps><Map><Entry ChannelID='1'><FlatfieldProfile>{Mean: NaN, Random: INF, ChannelName: Wrong}</FlatfieldProfile></Entry></Map>"
            + "<Map><Entry ChannelID='1'><ChannelName>405ex, 570-630-em)</ChannelName></Entry></Map></Maps>",
        image(1, 1, 1, 1, 1, "a.tiff").replace("<ChannelName>Channel 1</ChannelName>", "")));
    assertThat(only().channels()).containsExactly("405ex, 570-630-em)");
  }

  @Test
  void shouldKeepFieldNumbersAsTheInstrumentCounts() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    index(image(1, 1, 13, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, "b.tiff"));
    assertThat(only().planes()).extracting(plane -> plane.id().site()).containsExactly(2, 13);
  }

  @Test
  void shouldCallAPlaneWithoutUrlNotRecorded() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, ""));
    assertThat(Folders.absent(only())).containsExactly("A01 site 2 channel Channel 1: NOT_RECORDED: the index names no file");
  }

  @Test
  void shouldTellAFocusFailureFromAFileThatIsMissing() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, "b.tiff").replace(">Ok<", ">AutofocusFailed<"), image(1, 1, 3, 1, 1, "c.tiff"));
    assertThat(Folders.absent(only())).containsExactly(
        "A01 site 2 channel Channel 1: FOCUS_FAILURE: file b.tiff is missing, and its state is 'AutofocusFailed'",
        "A01 site 3 channel Channel 1: MISSING: file c.tiff is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://example.org/a.tiff", "file:///etc/passwd", "/etc/passwd", "../secret.tiff", "Images/../../secret.tiff", "..\\secret.tiff",
      "C:\\data\\a.tiff"})
  void shouldRefuseUrlsThatLeaveTheRoot(String url) throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Folders.images(folder, "secret.tiff");
    Folders.images(inner, "a.tiff");
    Folders.text(inner, "Index.xml", document("", plate("P", "P"), image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, url)));
    ArchiveIndex read = Folders.read(HARMONY, inner);
    PlateIndex plate = read.plates().getFirst();
    assertThat(plate.planes()).hasSize(1);
    assertThat(plate.absent()).singleElement().satisfies(absent -> assertThat(absent.reason()).contains("is not read: the URL "));
    assertThat(read.findings().warnings()).singleElement().asString().startsWith("Index.xml: 1 images are not read: their URL ");
  }

  @Test
  void shouldFollowUrlsIntoSubfoldersAndImagesBesideTheIndex() throws IOException {
    Folders.images(folder, "export/sub/a.tiff", "export/Images/b.tiff", "export/c.tiff");
    Folders.text(folder, "export/Index.xml", document("", plate("P", "P"),
        image(1, 1, 1, 1, 1, "sub\\a.tiff"), image(1, 1, 2, 1, 1, "b.tiff"), image(1, 1, 3, 1, 1, "Images/../c.tiff")));
    assertThat(Folders.planes(folder, only()).values()).containsExactly("export/sub/a.tiff", "export/Images/b.tiff", "export/c.tiff");
  }

  @Test
  void shouldFindInvalid32BitTiffsWhenTheyAreReadAndNotBefore() throws IOException {
    Files.write(folder.resolve("a.tiff"), Folders.tiff(16));
    Files.write(folder.resolve("b.tiff"), Folders.tiff(32));
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, "b.tiff"));
    PlateIndex plate = only();
    assertThat(plate.planes()).hasSize(2);
    assertThat(Folders.open(folder, plate).read(plate.planes().getFirst().id()).format().width()).isEqualTo(2);
    assertThatThrownBy(() -> Folders.open(folder, plate).read(plate.planes().getLast().id())).isInstanceOf(IOException.class)
        .hasMessageContaining("b.tiff").hasMessageContaining("32");
  }

  @Test
  void shouldTakeTheSizeOfATiffFromItselfWhereTheIndexDeclaresALargerOne() throws IOException {
    Files.write(folder.resolve("a.tiff"), Folders.tiff(16));
    index(image(1, 1, 1, 1, 1, "a.tiff").replace("</Image>", "<ImageSizeX>1080</ImageSizeX><ImageSizeY>1080</ImageSizeY></Image>"));
    PlateIndex plate = only();
    assertThat(Folders.open(folder, plate).read(plate.planes().getFirst().id()).format().height()).isEqualTo(2);
  }

  @Test
  void shouldMissNothingWhereChannelsAreSparsePerTimepoint() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff", "c.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 1, 1, 2, "b.tiff"), image(1, 1, 1, 2, 1, "c.tiff"));
    assertThat(only().planes()).hasSize(3);
    assertThat(only().absent()).isEmpty();
  }

  @Test
  void shouldTellChannelsOfOneNameApart() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    String low = image(1, 1, 1, 1, 1, "a.tiff").replace("Channel 1", "Brightfield");
    String high = image(1, 1, 1, 1, 2, "b.tiff").replace("Channel 2", "Brightfield");
    index(low, high);
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().channels()).containsExactly("Brightfield (1)", "Brightfield (2)");
    assertThat(read.findings().choices()).hasSize(2);
    ArchiveOptions named = new ArchiveOptions(null, null, null, Map.of("Brightfield (1)", "BF"), Map.of());
    assertThat(Folders.read(HARMONY, folder, named).plates().getFirst().channels()).containsExactly("BF", "Brightfield (2)");
    ArchiveOptions same = new ArchiveOptions(null, null, null, Map.of("Brightfield (1)", "BF", "Brightfield (2)", "BF"), Map.of());
    assertThatThrownBy(() -> Folders.read(HARMONY, folder, same)).isInstanceOf(ArchiveException.class).hasMessageContaining("two channels");
  }

  @Test
  void shouldReadThePlateFromItsIdAndSayThatItsNameDiffers() throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "Index.xml", document("", plate("BR1", "Assay 7"), image(1, 1, 1, 1, 1, "a.tiff")));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().key()).isEqualTo(new PlateKey("BR1", "m-1"));
    assertThat(read.findings().choices()).singleElement().satisfies(choice -> assertThat(choice.otherwise()).isEqualTo("barcode=Name"));
    assertThat(Folders.read(HARMONY, folder, Folders.choice("barcode", "Name")).plates().getFirst().key().plate()).isEqualTo("Assay 7");
    ArchiveOptions told = new ArchiveOptions("P9", "run 2", null, Map.of(), Map.of());
    assertThat(Folders.read(HARMONY, folder, told).plates().getFirst().key()).isEqualTo(new PlateKey("P9", "run 2"));
    assertThatThrownBy(() -> Folders.read(HARMONY, folder, Folders.choice("barcode", "name"))).hasMessageContaining("must be one of [PlateID, Name]");
  }

  @Test
  void shouldReadEveryExportBelowAFolderAndChooseOneByItsBarcode() throws IOException {
    for (String plate : List.of("P1", "P2")) {
      Folders.images(folder, plate + "/Images/a.tiff");
      Folders.text(folder, plate + "/Images/Index.idx.xml", document("", plate(plate, plate), image(1, 1, 1, 1, 1, "a.tiff")));
    }
    assertThat(Folders.read(HARMONY, folder).plates()).extracting(plate -> plate.key().plate()).containsExactly("P1", "P2");
    ArchiveOptions second = new ArchiveOptions("P2", null, null, Map.of(), Map.of());
    assertThat(Folders.planes(folder, Folders.read(HARMONY, folder, second).plates().getFirst()).values()).containsExactly("P2/Images/a.tiff");
    ArchiveOptions none = new ArchiveOptions("P3", null, null, Map.of(), Map.of());
    assertThatThrownBy(() -> Folders.read(HARMONY, folder, none)).hasMessageContaining("has no plate P3; there are 2, such as [P1, P2]");
  }

  @Test
  void shouldReadTheFullestOfSeveralIndexesOfOneExport() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    Folders.text(folder, "Index.ref.xml", document("", plate("P", "P"), image(1, 1, 1, 1, 1, "b.tiff")));
    Folders.text(folder, "Index.idx.xml", document("", plate("P", "P"), image(1, 1, 1, 1, 1, "a.tiff")));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(Folders.planes(folder, read.plates().getFirst()).values()).containsExactly("a.tiff");
    assertThat(read.findings().choices()).singleElement().asString().contains("Index.ref.xml is not read, because Index.idx.xml lies beside it");
  }

  @Test
  void shouldTellWhatTheDiskHasAndTheIndexDoesNotKnow() throws IOException {
    Folders.images(folder, "a.tiff", "stray.tiff");
    Folders.text(folder, "readme.txt", "x");
    index(image(1, 1, 1, 1, 1, "a.tiff"));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.findings().unknown().examples()).containsExactly("stray.tiff");
    assertThat(read.findings().ignored().get("not an image").examples()).containsExactly("readme.txt");
  }

  @Test
  void shouldLeaveOutAnImageThatMakesNoSenseAndNameItsLine() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), "\n" + image(0, 1, 1, 1, 1, "a.tiff"), "\n" + image(1, 1, 1, 1, 1, "a.tiff").replace("<Row>1<", "<Row>x<"));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().planes()).hasSize(1);
    assertThat(read.findings().warnings()).hasSize(2).anyMatch(w -> w.startsWith("Index.xml: line 2: an image is left out: Well row -1"))
        .contains("Index.xml: line 3: an image is left out: Row is 'x' and not a number");
  }

  @Test
  void shouldKeepTheImagesBeforeTheEndOfATruncatedIndexAndSayWhereItBreaks() throws IOException {
    Folders.images(folder, "a.tiff", "b.tiff");
    String whole = document("", plate("P", "P"), image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, "b.tiff"));
    Folders.text(folder, "Index.xml", whole.substring(0, whole.lastIndexOf("<URL>")));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().planes()).hasSize(1);
    assertThat(read.findings().warnings()).singleElement().asString().startsWith("Index.xml: line 1, column ").endsWith("the 1 images before that are read");
    Folders.text(folder, "Index.xml", whole.substring(0, whole.indexOf("<Row>")));
    assertThatThrownBy(() -> Folders.read(HARMONY, folder)).isInstanceOf(ArchiveException.class).hasMessageContaining("Index.xml: line 1, column ");
  }

  @Test
  void shouldHoldNoTextNorListThatGrowsWithoutEnd() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff"), image(1, 1, 2, 1, 1, "x".repeat(2_000)));
    assertThat(Folders.read(HARMONY, folder).findings().warnings()).containsExactly("Index.xml: line 1: an image is left out: URL has more than 1000 characters");
    Folders.text(folder, "Index.xml", document("", "<Plates><Plate>" + "<Well id='0101'/>".repeat(2_001) + "</Plate></Plates>", image(1, 1, 1, 1, 1, "a.tiff")));
    assertThatThrownBy(() -> Folders.read(HARMONY, folder)).isInstanceOf(ArchiveException.class).hasMessageContaining("more than 2000 plates or wells");
  }

  @Test
  void shouldGoOnWithTheOtherPlatesWhereOneIndexIsBroken() throws IOException {
    Folders.images(folder, "P1/a.tiff");
    Folders.text(folder, "P1/Index.xml", document("", plate("P1", "P1"), image(1, 1, 1, 1, 1, "a.tiff")));
    Folders.text(folder, "P2/Index.idx.xml", "<Evalu");
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates()).hasSize(1);
    assertThat(read.findings().warnings()).singleElement().asString().startsWith("P2/Index.idx.xml: line 1, column ");
  }

  @Test
  void shouldNotTakeAnyIndexXmlForHarmony() throws IOException {
    Folders.text(folder, "Index.xml", "<html/>");
    assertThat(HARMONY.recognises(FolderScan.of(folder))).isFalse();
    assertThatThrownBy(() -> Folders.read(HARMONY, folder)).isInstanceOf(ArchiveException.class).hasMessageContaining("Index.xml");
  }

  @Test
  void shouldKeepALocalTimeAsTextWithoutAZone() throws IOException {
    Folders.images(folder, "a.tiff");
    index(image(1, 1, 1, 1, 1, "a.tiff").replace("-04:00", ""));
    IndexedPlane plane = only().planes().getFirst();
    assertThat(plane.acquiredAt()).isNull();
    assertThat(plane.acquiredAtText()).isEqualTo("2021-03-29T16:55:28.9870001");
    IndexedPlane zoned = Folders.read(HARMONY, folder, Folders.zone("America/New_York")).plates().getFirst().planes().getFirst();
    assertThat(zoned.acquiredAt()).isEqualTo(Instant.parse("2021-03-29T20:55:28.987000100Z"));
  }

  @Test
  void shouldSayWhatSizeIsTakenForAPlateWithoutOne() throws IOException {
    Folders.images(folder, "a.tiff");
    Folders.text(folder, "Index.xml", document("", "<Plates><Plate><PlateID>P</PlateID><Name>P</Name></Plate></Plates>", image(8, 12, 1, 1, 1, "a.tiff")));
    ArchiveIndex read = Folders.read(HARMONY, folder);
    assertThat(read.plates().getFirst().format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(read.plates().getFirst().planes().getFirst().id().well()).isEqualTo(WellAddress.parse("H12"));
    assertThat(read.findings().choices()).singleElement().satisfies(choice -> assertThat(choice.otherwise()).isEqualTo("wells=384"));
    assertThat(Folders.read(HARMONY, folder, Folders.choice("wells", "1536")).plates().getFirst().format()).isEqualTo(PlateFormat.WELLS_1536);
  }

  private PlateIndex only() throws IOException {
    ArchiveIndex index = Folders.read(HARMONY, folder);
    assertThat(index.plates()).hasSize(1);
    return index.plates().getFirst();
  }

  private void index(String... images) throws IOException {
    List<String> parts = new ArrayList<>(List.of(plate("P", "P")));
    parts.addAll(List.of(images));
    Folders.text(folder, "Index.xml", document("", parts.toArray(String[]::new)));
  }

  static String plate(String id, String name) {
    return "<Plates><Plate><PlateID>%s</PlateID><MeasurementID>m-1</MeasurementID><Name>%s</Name><PlateRows>16</PlateRows>"
        .formatted(id, name) + "<PlateColumns>24</PlateColumns></Plate></Plates>";
  }

  /** What is not an image comes first, as in the real ones. */
  static String document(String namespace, String... parts) {
    StringBuilder images = new StringBuilder();
    StringBuilder others = new StringBuilder();
    for (String part : parts) {
      (part.strip().startsWith("<Image ") ? images : others).append(part);
    }
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><EvaluationInputData xmlns=\"%s\">%s<Images>%s</Images></EvaluationInputData>"
        .formatted(namespace, others, images);
  }

  static String image(int row, int column, int field, int timepoint, int channel, String url) {
    return ("<Image Version=\"1\"><id>x</id><State>Ok</State><URL>%s</URL><Row>%d</Row><Col>%d</Col><FieldID>%d</FieldID><PlaneID>1</PlaneID>"
        + "<TimepointID>%d</TimepointID><ChannelID>%d</ChannelID><ChannelName>Channel %d</ChannelName>"
        + "<AbsTime>2021-03-29T16:55:28.9870001-04:00</AbsTime></Image>").formatted(url, row, column, field, timepoint, channel, channel);
  }

  private static String cell(Csv table, String column) {
    return table.rows().getFirst().cells().get(table.header().indexOf(column));
  }
}
