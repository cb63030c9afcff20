package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternLayoutTest {
  private static final PlaneFormat PNG = new PlaneFormat(4, 3, PixelType.UINT8, Encoding.PNG);
  private static final String SIMPLE = "pattern = (?<well>[A-Z]\\d+)_s(?<site>\\d)_(?<channel>\\w+)\\.png\n";

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectories(temp.resolve("plate-7"));
  }

  @Test
  void shouldReadBbbc013ByTheDocumentedExample() throws Exception {
    OpenedArchive opened = Archives.one(RealData.folder("bbbc013").resolve("ExampleSBSImages"), Archives.Reading.by(BbbcExample.file()));
    PlateArchive archive = opened.archive();
    assertThat(archive.key()).isEqualTo(new PlateKey("BBBC013", "1"));
    assertThat(archive.format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(archive.channels()).containsExactly("GFP", "DNA");
    assertThat(archive.planes()).hasSize(192);
    assertThat(archive.absent()).isEmpty();
    assertThat(opened.map()).isNotNull();
    assertThat(opened.map().wells()).hasSize(96);
    assertThat(opened.warnings()).singleElement().asString().contains("1049_Metadata.csv");

    ArchivePlane plane = archive.read(plane("C07", 1, "DNA"));
    assertThat(plane.format()).isEqualTo(new PlaneFormat(640, 640, PixelType.UINT8, Encoding.TIFF));
    assertThat(plane.origin()).isEqualTo("Channel2-31-C-07.tif");
    byte[] bytes = new byte[plane.payload().remaining()];
    plane.payload().get(bytes);
    ByteBuffer pixels = ByteBuffer.allocateDirect(640 * 640);
    PlaneDecoder.decode(plane.format(), ByteBuffer.wrap(bytes), pixels);
    int[] expected = ImageIO.read(new ByteArrayInputStream(bytes)).getRaster().getSamples(0, 0, 640, 640, 0, (int[]) null);
    for (int i = 0; i < expected.length; i++) {
      assertThat(pixels.get(i) & 0xFF).isEqualTo(expected[i]);
    }
  }

  @Test
  void shouldReadAnImageXpressExportByItsPath() throws IOException {
    PatternSpec spec = PatternSpec.parse("""
        pattern = TimePoint_(?<timepoint>\\d+)/ZStep_(?<z>[1-9]\\d*)/(?<plate>\\d+)_(?<well>[A-Z]\\d\\d)_s(?<site>\\d)_w(?<channel>\\d)\\.TIF
        timepointBase = 1
        zBase = 1
        """, "test");
    PlateIndex archive = index(RealData.folder("imagexpress").resolve("9987_Plate_3434"), spec).plates().getFirst();
    assertThat(archive.key().plate()).isEqualTo("9987");
    assertThat(archive.channels()).containsExactly("1", "2", "3");
    // 2 wells, 2 sites, 3 channels, 2 focal planes; the projections in ZStep_0 do not fit the pattern.
    assertThat(archive.planes()).hasSize(24);
    assertThat(archive.planes().getFirst().id()).isEqualTo(new PlaneId(WellAddress.parse("B02"), 1, "1", 0, 0));
    assertThat(archive.absent()).isEmpty();
  }

  @Test
  void shouldListPlanesWellByWellAndWhatIsMissingFromTheGrid() throws IOException {
    for (String name : List.of("B02_s2_DNA", "A01_s1_ER", "A01_s1_DNA", "B02_s1_ER", "B02_s1_DNA", "A01_s2_DNA", "A01_s2_ER")) {
      image(name + ".png");
    }
    PlateArchive archive = open(SIMPLE);
    assertThat(archive.planes()).extracting(PlaneId::toString).containsExactly(
        "A01 site 1 channel DNA", "A01 site 1 channel ER", "A01 site 2 channel DNA", "A01 site 2 channel ER",
        "B02 site 1 channel DNA", "B02 site 1 channel ER", "B02 site 2 channel DNA");
    assertThat(archive.absent()).containsExactly(new AbsentPlane(plane("B02", 2, "ER"), "no file for B02 site 2 channel ER"));
    assertThat(archive.key()).isEqualTo(new PlateKey("plate-7", "1"));
    assertThat(archive.read(plane("A01", 1, "ER")).payload().isReadOnly()).isTrue();
    assertThatThrownBy(() -> archive.read(plane("B02", 2, "ER"))).isInstanceOf(IOException.class).hasMessageContaining("no plane B02 site 2");
  }

  @Test
  void shouldReportFilesThatCannotBeUsedAsAbsentWithTheirReason() throws IOException {
    image("A01_s1_DNA.png");
    Files.createFile(folder.resolve("A02_s1_DNA.png"));
    Files.writeString(folder.resolve("A03_s1_DNA.png"), "this is no image");
    byte[] whole = Files.readAllBytes(folder.resolve("A01_s1_DNA.png"));
    Files.write(folder.resolve("A04_s1_DNA.png"), java.util.Arrays.copyOf(whole, 20));
    Files.write(folder.resolve("A05_s1_DNA.png"), java.util.Arrays.copyOf(whole, whole.length - 20));
    PlateArchive archive = open(SIMPLE);
    // The header of A05 is whole, so it is a plane; that its pixels are corrupt shows when it is decoded.
    assertThat(archive.planes()).containsExactly(plane("A01", 1, "DNA"), plane("A05", 1, "DNA"));
    assertThat(archive.absent()).extracting(AbsentPlane::reason).containsExactly(
        "file A02_s1_DNA.png cannot be used: it is empty",
        "file A03_s1_DNA.png cannot be used: it is neither PNG nor TIFF",
        "file A04_s1_DNA.png cannot be used: PNG is truncated: chunk IHDR needs 13 bytes more");
  }

  @Test
  void shouldExpectTheWellsOfThePlateMap() throws IOException {
    image("A01_s1_DNA.png");
    image("C03_s1_DNA.png");
    Files.writeString(folder.resolve("map.csv"), "well,role\nA01,negcon\nA02,trt\n");
    Files.writeString(folder.resolve(PatternSpec.FILE_NAME), SIMPLE + "plateMap = map.csv\nwells = 96\n");
    OpenedArchive opened = Archives.one(folder, Archives.Reading.PLAIN);
    assertThat(opened.archive().absent()).extracting(AbsentPlane::id).containsExactly(plane("A02", 1, "DNA"));
    assertThat(opened.archive().format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(opened.warnings()).contains("1 imaged wells are not on the plate map: [C03]");
  }

  @Test
  void shouldBeKnownByTheDescriptionInItsFolder() throws IOException {
    PatternLayout layout = new PatternLayout();
    image("P1_A01_1.png");
    image("P2_A01_1.png");
    assertThat(layout.recognises(FolderScan.of(folder))).isFalse();
    assertThatThrownBy(() -> layout.read(FolderScan.of(folder), ArchiveOptions.NONE)).hasMessageContaining("has no dcmix-archive.properties");
    Files.writeString(folder.resolve(PatternSpec.FILE_NAME), "pattern = (?<plate>P\\d)_(?<well>[A-Z]\\d+)_(?<channel>\\w+)\\.png\nplateMap = map.csv\n");
    Files.writeString(folder.resolve("map.csv"), "well,role\nA01,negcon\n");
    assertThat(layout.recognises(FolderScan.of(folder))).isTrue();
    ArchiveOptions options = new ArchiveOptions("P2", "run 7", null, Map.of("1", "DNA"), Map.of());
    PlateIndex plate = layout.read(FolderScan.of(folder), options).plates().getFirst();
    assertThat(plate.key()).isEqualTo(new PlateKey("P2", "run 7"));
    assertThat(plate.channels()).containsExactly("DNA");
    assertThat(plate.planes()).extracting(IndexedPlane::id).containsExactly(plane("A01", 1, "DNA"));
    assertThat(plate.map()).isNotNull();
  }

  @Test
  void shouldNotReadAPlateMapThatLiesOutsideOfTheFolder() throws IOException {
    image("A01_s1_DNA.png");
    Files.writeString(temp.resolve("map.csv"), "well,role\nA01,negcon\n");
    Files.writeString(folder.resolve(PatternSpec.FILE_NAME), SIMPLE + "plateMap = ../map.csv\n");
    assertThatThrownBy(() -> new PatternLayout().read(FolderScan.of(folder), ArchiveOptions.NONE))
        .isInstanceOf(ArchiveException.class).hasMessageContaining("plateMap: '../map.csv' is not in the folder");
  }

  @Test
  void shouldRefuseLinksThatLeadOutAndFollowThoseThatDoNot() throws IOException {
    image("A01_s1_DNA.png");
    Path outside = Files.write(temp.resolve("secret.png"), png());
    Files.createSymbolicLink(folder.resolve("A02_s1_DNA.png"), outside);
    Files.createSymbolicLink(folder.resolve("A03_s1_DNA.png"), folder.resolve("A01_s1_DNA.png"));
    Files.createSymbolicLink(folder.resolve("A04_s1_DNA.png"), folder.resolve("nowhere"));
    ArchiveIndex index = index(folder, PatternSpec.parse(SIMPLE, "test"));
    PlateArchive archive = archive(index);
    assertThat(archive.planes()).containsExactly(plane("A01", 1, "DNA"), plane("A03", 1, "DNA"));
    assertThat(index.findings().warnings()).containsExactlyInAnyOrder(
        "refused: A02_s1_DNA.png is a link that leads out of the folder", "refused: A04_s1_DNA.png is a link that leads nowhere");
    // Swapped after the scan:
    Files.delete(folder.resolve("A03_s1_DNA.png"));
    Files.createSymbolicLink(folder.resolve("A03_s1_DNA.png"), outside);
    assertThatThrownBy(() -> archive.read(plane("A03", 1, "DNA"))).hasMessageContaining("leads out of the archive's folder");
  }

  @Test
  void shouldCountIgnoredFilesAndSayWhy() throws IOException {
    image("A01_s1_1.png");
    image("A01_s1_3.png");
    image("B99_s1_1.png");
    Files.writeString(folder.resolve("notes.txt"), "x");
    ArchiveIndex index = index(folder, PatternSpec.parse(SIMPLE + "channels = 1=GFP,2=DNA\n", "test"));
    PlateArchive archive = archive(index);
    assertThat(archive.channels()).containsExactly("GFP", "DNA");
    assertThat(archive.planes()).containsExactly(plane("A01", 1, "GFP"));
    assertThat(archive.absent()).extracting(AbsentPlane::id).containsExactly(plane("A01", 1, "DNA"));
    assertThat(index.findings().ignored().get("fits the pattern and names no plane").examples()).hasSize(2)
        .anyMatch(e -> e.contains("channel '3' is not among")).anyMatch(e -> e.startsWith("B99_s1_1.png ("));
    assertThat(index.findings().ignored().get("does not fit the pattern").examples()).containsExactly("notes.txt");
  }

  @Test
  void shouldKeepTheFirstOfTwoFilesForOnePlane() throws IOException {
    image("A01_s1_DNA.png");
    Files.createDirectory(folder.resolve("again"));
    image("again/A1_s1_DNA.png");
    ArchiveIndex index = index(folder, PatternSpec.parse(SIMPLE, "test"));
    PlateArchive archive = archive(index);
    assertThat(archive.planes()).hasSize(1);
    assertThat(archive.read(archive.planes().getFirst()).origin()).isEqualTo("A01_s1_DNA.png");
    assertThat(index.findings().warnings()).containsExactly(
        "again/A1_s1_DNA.png is ignored: A01_s1_DNA.png is A01 site 1 channel DNA already");
  }

  @Test
  void shouldAskWhichOfSeveralPlates() throws IOException {
    image("P1_A01_DNA.png");
    image("P2_A01_DNA.png");
    String pattern = "pattern = (?<plate>P\\d)_(?<well>[A-Z]\\d+)_(?<channel>\\w+)\\.png\n";
    assertThatThrownBy(() -> open(pattern)).hasMessageContaining("holds several plates: [P1, P2]; choose one by plate");
    assertThat(open(pattern + "plate = P2").read(plane("A01", 1, "DNA")).origin()).isEqualTo("P2_A01_DNA.png");
  }

  @Test
  void shouldCountRowsAndColumnsFromTheGivenBase() throws IOException {
    image("r00c23_DNA_t1.png");
    String pattern = "pattern = r(?<row>\\d+)c(?<column>\\d+)_(?<channel>\\w+)_t(?<timepoint>\\d)\\.png\n";
    PlateArchive archive = open(pattern + "rowBase = 0\ncolumnBase = 0\ntimepointBase = 1\n");
    assertThat(archive.planes()).containsExactly(plane("A24", 1, "DNA"));
    assertThatThrownBy(() -> open(pattern)).hasMessageContaining("no readable image of 1 files fits").hasMessageContaining("row -1");
  }

  @Test
  void shouldSayWhatIsThereWhenNothingFits() throws IOException {
    Files.writeString(folder.resolve("image.jpg"), "x");
    assertThatThrownBy(() -> open(SIMPLE)).isInstanceOf(ArchiveException.class)
        .hasMessageContaining("no readable image of 1 files fits the pattern").hasMessageContaining("[image.jpg]");
    assertThatThrownBy(() -> Archives.one(folder, Archives.Reading.PLAIN)).hasMessageContaining("looks like none of the layouts").hasMessageContaining("dcmix-archive.properties");
    assertThatThrownBy(() -> Archives.one(temp.resolve("nowhere"), Archives.Reading.PLAIN)).hasMessageContaining("nowhere: is not a folder");
    assertThatThrownBy(() -> Archives.one(folder, Archives.Reading.by(temp.resolve("none.properties")))).hasMessageContaining("none.properties does not exist");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "pattern = (                                    | pattern: Unclosed group",
    "pattern = (?<row>.)(?<channel>.)               | (?<row>...) and (?<column>...)",
    "pattern = (?<well>.)                           | it needs the group (?<channel>...)",
    "channels = 1=GFP                               | pattern is missing",
    "nonsense                                       | line 1: 'nonsense' is not key = value",
    "chanels = 1=GFP                                | line 1: the key 'chanels' is unknown; known are [acquisition,",
    "channels = 1=GFP,2=GFP                         | two of them have the same name",
    "channels = 1                                   | '1' is not of the form a=b",
    "wells = 97                                     | '97' must be one of [6, 12, 24, 48, 96, 384, 1536]",
    "zBase = 2                                      | zBase: '2' must be 0 or 1",
    "plateMap.roles = 1=maybe                       | 'maybe' is none of sample, negative",
  })
  void shouldSayWhatIsWrongWithADescription(String line, String message) {
    assertThatThrownBy(() -> PatternSpec.parse(line, "test")).isInstanceOf(ArchiveException.class).hasMessageContaining(message);
  }

  @Test
  void shouldReadEveryPlaneItListsFromManyThreads() throws IOException {
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= 24; column++) {
      names.add("A%d_s1_DNA.png".formatted(column));
      image(names.getLast());
    }
    PlateArchive archive = open(SIMPLE);
    assertThat(new HashSet<>(archive.planes().parallelStream().map(id -> origin(archive, id)).toList())).isEqualTo(new HashSet<>(names));
  }

  private static String origin(PlateArchive archive, PlaneId id) {
    try {
      return archive.read(id).origin();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static PlaneId plane(String well, int site, String channel) {
    return new PlaneId(WellAddress.parse(well), site, channel, 0, 0);
  }

  private PlateArchive open(String spec) throws IOException {
    return archive(index(folder, PatternSpec.parse(spec, "test")));
  }

  private static ArchiveIndex index(Path folder, PatternSpec spec) throws IOException {
    return PatternLayout.read(FolderScan.of(folder), spec, null, ArchiveOptions.NONE);
  }

  private PlateArchive archive(ArchiveIndex index) throws IOException {
    return new IndexedArchive(folder.toRealPath(), index.plates().getFirst());
  }

  private void image(String name) throws IOException {
    Files.write(folder.resolve(name), png());
  }

  private static byte[] png() {
    ByteBuffer png = PlaneEncoder.encode(PNG, ByteBuffer.allocate(12), 6);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    return bytes;
  }
}
