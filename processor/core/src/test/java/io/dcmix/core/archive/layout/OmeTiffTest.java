package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OmeTiffTest {
  private static final String NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
  private static final String PIXELS = "<Pixels DimensionOrder='XYCZT' SizeC='2' SizeZ='1' SizeT='1' SizeX='3' SizeY='2' Type='uint16'>"
      + "<Channel ID='Channel:0' Name='DNA'/><Channel ID='Channel:1' Name='GFP'/>";
  private static final WellAddress B03 = WellAddress.parse("B03");

  @TempDir Path root;

  private ArchiveIndex read() throws IOException {
    return read(ArchiveOptions.NONE);
  }

  private ArchiveIndex read(ArchiveOptions options) throws IOException {
    return new OmeTiff().read(FolderScan.of(root), options);
  }

  private void companion(String xml) throws IOException {
    Files.writeString(root.resolve("plate.companion.ome"), xml);
  }

  private static String ome(String inside) {
    return "<?xml version='1.0' encoding='UTF-8'?><OME xmlns='" + NAMESPACE + "' UUID='urn:uuid:1'>" + inside + "</OME>";
  }

  /** One image of both channels in one file. */
  private static String image(String id, String file) {
    return "<Image ID='" + id + "'>" + PIXELS + "<TiffData IFD='0' FirstC='0'>" + uuid(file) + "</TiffData><TiffData IFD='1' FirstC='1'>" + uuid(file)
        + "</TiffData></Pixels></Image>";
  }

  private static String uuid(String file) {
    return "<UUID FileName='" + file + "'>urn:uuid:of-" + file + "</UUID>";
  }

  /** A plate of one image in each of the files. */
  static String document(String... files) {
    StringBuilder wells = new StringBuilder();
    StringBuilder images = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      wells.append(well(i, 2, sample(i, "Image:" + i)));
      images.append(image("Image:" + i, files[i]).replace("<Pixels", "<AcquisitionDate>2021-03-04T05:06:07</AcquisitionDate><Pixels")
          .replace("</Pixels>", "<Plane TheC='0' TheZ='0' TheT='0' DeltaT='1.5'/></Pixels>"));
    }
    return ome(plate(wells + "<PlateAcquisition ID='PA:0' Name='run'><WellSampleRef ID='WellSample:0'/></PlateAcquisition>") + images);
  }

  private static String plate(String inside) {
    return "<Plate ID='Plate:0' Name='P1' Rows='8' Columns='12' RowNamingConvention='letter' ColumnNamingConvention='number'>" + inside + "</Plate>";
  }

  private static String well(int row, int column, String samples) {
    return "<Well ID='Well:%d' Row='%d' Column='%d'>%s</Well>".formatted(row * 100 + column, row, column, samples);
  }

  private static String sample(int index, String image) {
    return "<WellSample ID='WellSample:%d' Index='%d'><ImageRef ID='%s'/></WellSample>".formatted(index, index, image);
  }

  private int[] pixels(PlateIndex plate, PlaneId id) throws IOException {
    ArchivePlane plane = new IndexedArchive(FolderScan.of(root).root(), plate).read(id);
    assertThat(plane.format().encoding()).isEqualTo(Encoding.RAW);
    short[] pixels = new short[plane.format().width() * plane.format().height()];
    plane.payload().slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(pixels);
    int[] values = new int[pixels.length];
    Arrays.setAll(values, i -> pixels[i]);
    return values;
  }

  @Test
  void aCompanionFileTellsWhereThePlanesOfOtherFilesLie() throws IOException {
    companion(ome(plate(well(1, 2, sample(0, "Image:0"))) + image("Image:0", "sub/a.ome.tiff")));
    TestPages.write(root.resolve("sub/a.ome.tiff"), "<OME><BinaryOnly MetadataFile='../plate.companion.ome' UUID='urn:uuid:1'/></OME>", 100, 200);
    assertThat(new OmeTiff().recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = read();
    PlateIndex plate = index.plates().getFirst();
    assertThat(index.plates()).hasSize(1);
    assertThat(plate.key()).isEqualTo(new PlateKey("P1", "1"));
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(plate.channels()).containsExactly("DNA", "GFP");
    assertThat(plate.planes()).extracting(IndexedPlane::id).containsExactly(new PlaneId(B03, 1, "DNA", 0, 0), new PlaneId(B03, 1, "GFP", 0, 0));
    assertThat(pixels(plate, new PlaneId(B03, 1, "GFP", 0, 0))).containsExactly(200, 201, 202, 203, 204, 205);
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(index.findings().unknown().count()).isZero();
  }

  @Test
  void theIndexOfAWellSampleIsPlateGlobalSoItIsRankedWithinTheWell() throws IOException {
    companion(ome(plate(well(0, 0, sample(7, "Image:7") + sample(4, "Image:4")) + well(1, 2, sample(11, "Image:11")))
        + image("Image:7", "7.ome.tif") + image("Image:4", "4.ome.tif") + image("Image:11", "11.ome.tif")));
    TestPages.write(root.resolve("7.ome.tif"), "", 70, 71);
    TestPages.write(root.resolve("4.ome.tif"), "", 40, 41);
    TestPages.write(root.resolve("11.ome.tif"), "", 110, 111);
    PlateIndex plate = read().plates().getFirst();
    WellAddress a01 = new WellAddress(0, 0);
    assertThat(plate.planes()).extracting(p -> p.id().well() + "/" + p.id().site()).containsExactly("A01/1", "A01/1", "A01/2", "A01/2", "B03/1", "B03/1");
    assertThat(pixels(plate, new PlaneId(a01, 1, "DNA", 0, 0))[0]).isEqualTo(40);
    assertThat(pixels(plate, new PlaneId(a01, 2, "DNA", 0, 0))[0]).isEqualTo(70);
    assertThat(pixels(plate, new PlaneId(B03, 1, "DNA", 0, 0))[0]).isEqualTo(110);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "<OME xmlns='http://www.openmicroscopy.org/Schemas/OME/2012-06'>%s</OME>",
    "<OME xmlns='http://www.openmicroscopy.org/Schemas/OME/2015-01'>%s</OME>",
    "<ome:OME xmlns:ome='http://www.openmicroscopy.org/Schemas/OME/2016-06'>%s</ome:OME>",
    "<OME>%s</OME>"})
  void namespacesOfAllYearsAreMatchedByLocalNames(String document) throws IOException {
    String inside = plate(well(1, 2, sample(0, "Image:0"))) + image("Image:0", "a.tif");
    companion(document.formatted(document.startsWith("<ome:") ? inside.replaceAll("<(/?)(?=[A-Z])", "<$1ome:") : inside));
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    assertThat(read().plates().getFirst().planes()).hasSize(2);
  }

  @Test
  void thePlateOfOlderDocumentsHasANamespaceOfItsOwnAndStandsBehindTheImages() throws IOException {
    companion("<OME xmlns='http://www.openmicroscopy.org/Schemas/OME/2010-06'>" + image("Image:0", "a.tif")
        + "<SPW:Plate xmlns:SPW='http://www.openmicroscopy.org/Schemas/SPW/2010-06' ID='Plate:0' Name='Old'><SPW:Well Row='1' Column='2'>"
        + "<SPW:WellSample ID='s' Index='0'><SPW:ImageRef ID='Image:0'/></SPW:WellSample></SPW:Well></SPW:Plate></OME>");
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    assertThat(read().plates()).singleElement().satisfies(p -> {
      assertThat(p.key().plate()).isEqualTo("Old");
      assertThat(p.planes()).hasSize(2);
    });
  }

  @Test
  void everyFileOfASetMayRepeatTheWholeDocument() throws IOException {
    String document = ome(plate(well(0, 0, sample(0, "Image:0")) + well(1, 2, sample(1, "Image:1")))
        + image("Image:0", "a.ome.tif") + image("Image:1", "b.ome.tif"));
    TestPages.write(root.resolve("a.ome.tif"), document, 10, 11);
    TestPages.write(root.resolve("b.ome.tif"), document, 20, 21);
    assertThat(new OmeTiff().recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = read();
    assertThat(index.plates()).singleElement().satisfies(p -> assertThat(p.planes()).hasSize(4));
    assertThat(index.findings().warnings()).isEmpty();
  }

  @Test
  void aSingleFileHoldsAllPlanesInTheOrderOfItsDimensions() throws IOException {
    String image = "<Image ID='i'><Pixels DimensionOrder='XYZCT' SizeC='2' SizeZ='2' SizeT='2'><Channel Name='DNA'/><Channel Name='GFP'/><TiffData/></Pixels></Image>";
    TestPages.write(root.resolve("all.ome.tiff"), ome(plate(well(1, 2, sample(0, "i"))) + image), 0, 10, 20, 30, 40, 50, 60, 70);
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(8);
    // XYZCT: z runs fastest, then the channel, then time.
    assertThat(pixels(plate, new PlaneId(B03, 1, "DNA", 0, 1))[0]).isEqualTo(10);
    assertThat(pixels(plate, new PlaneId(B03, 1, "GFP", 0, 0))[0]).isEqualTo(20);
    assertThat(pixels(plate, new PlaneId(B03, 1, "GFP", 1, 1))[0]).isEqualTo(70);
  }

  @Test
  void aTiffDataWithAPlaneCountCoversTheFollowingPlanes() throws IOException {
    String image = "<Image ID='i'><Pixels DimensionOrder='XYCTZ' SizeC='2' SizeZ='1' SizeT='2'><Channel Name='DNA'/><Channel Name='GFP'/>"
        + "<TiffData IFD='1' FirstT='1' PlaneCount='2'/></Pixels></Image>";
    TestPages.write(root.resolve("all.ome.tiff"), ome(plate(well(1, 2, sample(0, "i"))) + image), 0, 10, 20);
    PlateIndex plate = read().plates().getFirst();
    assertThat(pixels(plate, new PlaneId(B03, 1, "DNA", 1, 0))[0]).isEqualTo(10);
    assertThat(pixels(plate, new PlaneId(B03, 1, "GFP", 1, 0))[0]).isEqualTo(20);
    assertThat(plate.absent()).extracting(AbsentPlane::id).containsExactly(new PlaneId(B03, 1, "DNA", 0, 0), new PlaneId(B03, 1, "GFP", 0, 0));
    assertThat(plate.absent()).allSatisfy(a -> assertThat(a.kind()).isEqualTo(Absence.NOT_RECORDED));
  }

  @Test
  void aRenamedFileIsKnownByItsOwnUuid() throws IOException {
    String image = "<Image ID='i'>" + PIXELS + "<TiffData FirstC='0' IFD='0'><UUID FileName='before.ome.tif'>urn:uuid:1</UUID></TiffData>"
        + "<TiffData FirstC='1' IFD='1'><UUID FileName='before.ome.tif'>urn:uuid:1</UUID></TiffData></Pixels></Image>";
    TestPages.write(root.resolve("after.ome.tif"), ome(plate(well(1, 2, sample(0, "i"))) + image), 5, 6);
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(2);
    assertThat(plate.absent()).isEmpty();
  }

  @Test
  void filesThatAreNotThereOrLeadOutOfTheFolderAreAbsentAndNeverRead() throws IOException {
    Path outside = TestPages.write(root.resolve("outside.tif"), "", 1, 2);
    Path inside = Files.createDirectory(root.resolve("in"));
    Files.writeString(inside.resolve("plate.companion.ome"), ome(plate(well(0, 0, sample(0, "a") + sample(1, "b") + sample(2, "c") + sample(3, "d")))
        + image("a", "gone.tif") + image("b", "../outside.tif") + image("c", outside.toString()) + image("d", "http://example.org/x.tif")));
    PlateIndex plate = new OmeTiff().read(FolderScan.of(inside), ArchiveOptions.NONE).plates().getFirst();
    assertThat(plate.planes()).isEmpty();
    assertThat(plate.absent()).hasSize(8).allSatisfy(a -> assertThat(a.kind()).isEqualTo(Absence.MISSING));
    assertThat(plate.absent()).extracting(AbsentPlane::reason).anySatisfy(r -> assertThat(r).contains("gone.tif is missing"))
        .anySatisfy(r -> assertThat(r).contains("leads out of the archive")).anySatisfy(r -> assertThat(r).contains("absolute path or a URL"));
  }

  @Test
  void acquisitionsOfAPlateAreRunsOfTheirOwnWithTheSameSites() throws IOException {
    companion(ome(plate(well(1, 2, sample(0, "Image:0") + sample(1, "Image:1"))
        + "<PlateAcquisition ID='PA:0' Name='monday'><WellSampleRef ID='WellSample:0'/></PlateAcquisition>"
        + "<PlateAcquisition ID='PA:1'><WellSampleRef ID='WellSample:1'/></PlateAcquisition>") + image("Image:0", "a.tif") + image("Image:1", "b.tif")));
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    TestPages.write(root.resolve("b.tif"), "", 3, 4);
    ArchiveIndex index = read();
    assertThat(index.plates()).extracting(PlateIndex::key).containsExactly(new PlateKey("P1", "PA:1"), new PlateKey("P1", "monday"));
    assertThat(index.plates()).allSatisfy(p -> assertThat(p.planes()).allSatisfy(plane -> assertThat(plane.id().site()).isEqualTo(1)));
    assertThat(read(new ArchiveOptions(null, "monday", null, Map.of(), Map.of())).plates()).hasSize(1);
  }

  @Test
  void theTimeOfAPlaneIsThatOfItsImagePlusItsDelta() throws IOException {
    String image = "<Image ID='i'><AcquisitionDate>%s</AcquisitionDate>" + PIXELS + "<TiffData><UUID FileName='a.tif'>u</UUID></TiffData>"
        + "<Plane TheC='0' TheZ='0' TheT='0' DeltaT='1500' DeltaTUnit='ms'/></Pixels></Image>";
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    companion(ome(plate(well(1, 2, sample(0, "i"))) + image.formatted("2021-03-04T05:06:07+02:00")));
    assertThat(read().plates().getFirst().planes()).extracting(IndexedPlane::acquiredAt)
        .containsExactly(Instant.parse("2021-03-04T03:06:08.500Z"), Instant.parse("2021-03-04T03:06:07Z"));
    companion(ome(plate(well(1, 2, sample(0, "i"))) + image.formatted("2021-03-04T05:06:07")));
    IndexedPlane local = read().plates().getFirst().planes().getFirst();
    assertThat(local.acquiredAt()).isNull();
    assertThat(local.acquiredAtText()).isEqualTo("2021-03-04T05:06:08.500");
    assertThat(read(new ArchiveOptions(null, null, ZoneId.of("+02:00"), Map.of(), Map.of())).plates().getFirst().planes().getFirst().acquiredAt())
        .isEqualTo(Instant.parse("2021-03-04T03:06:08.500Z"));
  }

  @Test
  void namesOfChannelsThatAreMissingAreToldAndCanBeGiven() throws IOException {
    companion(ome(plate(well(1, 2, sample(0, "i")))
        + "<Image ID='i'><Pixels SizeC='2' SizeZ='1' SizeT='1'><Channel ID='x'/><TiffData><UUID FileName='a.tif'>u</UUID></TiffData></Pixels></Image>"));
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    assertThat(read().plates().getFirst().channels()).containsExactly("C0", "C1");
    assertThat(read().findings().choices()).anySatisfy(c -> assertThat(c.otherwise()).contains("--channel"));
    assertThat(read(new ArchiveOptions(null, null, null, Map.of("C0", "DNA"), Map.of())).plates().getFirst().channels()).containsExactly("DNA", "C1");
  }

  @Test
  void aPlateWithTwoNamesSaysWhichIsTaken() throws IOException {
    companion(ome(plate(well(1, 2, sample(0, "i"))).replace("Name='P1'", "Name='Screen 7' ExternalIdentifier='BR0012'") + image("i", "a.tif")));
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    assertThat(read().plates().getFirst().key().plate()).isEqualTo("Screen 7");
    assertThat(read().findings().choices()).singleElement().satisfies(c -> assertThat(c.otherwise()).isEqualTo("barcode=external"));
    assertThat(read(new ArchiveOptions(null, null, null, Map.of(), Map.of("barcode", "external"))).plates().getFirst().key().plate()).isEqualTo("BR0012");
  }

  @Test
  void aTruncatedDocumentNamesItsLineAndTheRestIsRead() throws IOException {
    String whole = ome(plate(well(0, 0, sample(0, "Image:0")) + well(1, 2, sample(1, "Image:1"))) + image("Image:0", "a.tif") + "\n" + image("Image:1", "a.tif"));
    companion(whole.substring(0, whole.length() - 100));
    TestPages.write(root.resolve("a.tif"), "", 1, 2);
    ArchiveIndex index = read();
    assertThat(index.plates().getFirst().planes()).extracting(p -> p.id().well().toString()).contains("A01");
    assertThat(index.findings().warnings()).anySatisfy(w -> assertThat(w).contains("plate.companion.ome", "line 2"));
    companion(whole.substring(0, 200));
    assertThatThrownBy(this::read).isInstanceOf(ArchiveException.class).hasMessageContaining("plate.companion.ome").hasMessageContaining("line 1");
  }

  @Test
  void hostileDocumentsAreRefusedWithTheirPlace() throws IOException {
    companion("<!DOCTYPE OME [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><OME>&x;</OME>");
    assertThatThrownBy(this::read).hasMessageContaining("plate.companion.ome").hasMessageContaining("document type");
    String huge = image("i", "a.tif").replace("SizeC='2'", "SizeC='2147483647'").replace("SizeZ='1'", "SizeZ='2147483647'");
    companion(ome(huge.replace("SizeT='1'", "SizeT='2147483647'") + plate(well(0, 0, sample(0, "i")))));
    assertThatThrownBy(this::read).hasMessageContaining("line 1: more than 5000000 planes");
    companion(ome(image("i", "a.tif").replace("SizeC='2'", "SizeC='-3'")));
    assertThatThrownBy(this::read).hasMessageContaining("SizeC='-3'");
    companion(ome(image("i", "a.tif") + plate(well(900, 0, sample(0, "i")) + well(0, 0, sample(0, "none")) + well(1, 2, sample(0, "i")))));
    assertThat(read().findings().warnings()).hasSize(2)
        .anySatisfy(w -> assertThat(w).contains("row 900")).anySatisfy(w -> assertThat(w).contains("which is not described"));
  }

  @Test
  void imagesOfAFileThatAreNotThereOrTruncatedSayWhich() throws IOException {
    companion(ome(plate(well(1, 2, sample(0, "Image:0"))) + image("Image:0", "a.tif")));
    Path file = TestPages.write(root.resolve("a.tif"), "", 1);
    PlateIndex plate = read().plates().getFirst();
    IndexedArchive archive = new IndexedArchive(FolderScan.of(root).root(), plate);
    PlaneId second = new PlaneId(B03, 1, "GFP", 0, 0);
    assertThatThrownBy(() -> archive.read(second)).isInstanceOf(IOException.class).hasMessageContaining("a.tif image 1").hasMessageContaining("it has 1");
    assertThatThrownBy(() -> archive.probe(second)).hasMessageContaining("a.tif image 1");
    PlaneId first = new PlaneId(B03, 1, "DNA", 0, 0);
    assertThat(archive.probe(first).width()).isEqualTo(TestPages.WIDTH);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> archive.probe(first)).hasMessageContaining("truncated");
    assertThatThrownBy(() -> archive.read(first)).hasMessageContaining("truncated");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> archive.probe(first)).hasMessageContaining("it is empty");
    Files.delete(file);
    assertThatThrownBy(() -> archive.probe(first)).hasMessageContaining("a.tif is not there");
  }

  @Test
  void directoriesThatPointInACircleEnd() throws IOException {
    Path file = TestPages.write(root.resolve("a.tif"), "", 1, 2);
    byte[] bytes = Files.readAllBytes(file);
    int first = bytes[4];
    // The second directory names the first as the next one.
    int next = bytes.length - TestPages.WIDTH * TestPages.HEIGHT * 2 - 4;
    bytes[next] = (byte) first;
    Files.write(file, bytes);
    companion(ome(plate(well(1, 2, sample(0, "i"))) + image("i", "a.tif").replace("IFD='1'", "IFD='2147483647'")));
    PlateIndex plate = read().plates().getFirst();
    assertThatThrownBy(() -> new IndexedArchive(FolderScan.of(root).root(), plate).read(new PlaneId(B03, 1, "GFP", 0, 0)))
        .isInstanceOf(IOException.class).hasMessageContaining("no image 2147483647");
  }

  @Test
  void imagesWithoutAPlateAreNoneOfThisLayout() throws IOException {
    TestPages.write(root.resolve("a.ome.tif"), ome("<Image ID='i'>" + PIXELS + "<TiffData/></Pixels></Image>"), 1, 2);
    assertThat(new OmeTiff().recognises(FolderScan.of(root))).isFalse();
    assertThatThrownBy(this::read).hasMessageContaining("none has a Plate");
  }
}
