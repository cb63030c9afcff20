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
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OmeZarrTest {
  private static final String ROWS_AND_COLUMNS = "'rows':[{'name':'A'},{'name':'B'}],'columns':[{'name':'1'},{'name':'2'},{'name':'3'}]";
  private static final String MULTISCALES =
      "'multiscales':[{'axes':[{'name':'c','type':'channel'},{'name':'y'},{'name':'x'}],'datasets':[{'path':'0'},{'path':'1'}]}]";
  private static final WellAddress B03 = WellAddress.parse("B03");

  @TempDir Path root;
  private String version = "0.4";

  private void write(String file, String json) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, json.replace('\'', '"'));
  }

  /** The attributes of a group, as the version has them. */
  private void group(String path, String attributes) throws IOException {
    if (version.equals("0.4")) {
      write(path + "/.zgroup", "{'zarr_format':2}");
      write(path + "/.zattrs", "{" + attributes + "}");
    } else {
      write(path + "/zarr.json", "{'zarr_format':3,'node_type':'group','attributes':{'ome':{'version':'0.5'," + attributes + "}}}");
    }
  }

  /** A byte array, each plane one chunk whose pixels all have the number of the plane plus a base. */
  private void array(String path, String shape, int planes, int width, int height, int base) throws IOException {
    String[] sizes = shape.split(",", -1);
    String chunks = "1,".repeat(sizes.length - 2) + height + "," + width;
    if (version.equals("0.4")) {
      write(path + "/.zarray", "{'zarr_format':2,'shape':[" + shape + "],'chunks':[" + chunks
          + "],'dtype':'|u1','compressor':null,'fill_value':0,'order':'C','filters':null,'dimension_separator':'/'}");
    } else {
      write(path + "/zarr.json", "{'zarr_format':3,'node_type':'array','shape':[" + shape + "],'data_type':'uint8','fill_value':0,'codecs':[{'name':'bytes'}],"
          + "'chunk_grid':{'name':'regular','configuration':{'chunk_shape':[" + chunks + "]}},'chunk_key_encoding':{'name':'default'}}");
    }
    for (int p = 0; p < planes; p++) {
      StringBuilder name = new StringBuilder();
      int left = p;
      for (int axis = sizes.length - 3; axis >= 0; axis--) {
        int size = Integer.parseInt(sizes[axis].strip());
        name.insert(0, left % size + "/");
        left /= size;
      }
      Path chunk = root.resolve(path + (version.equals("0.4") ? "/" : "/c/") + name + "0/0");
      Files.createDirectories(chunk.getParent());
      byte[] pixels = new byte[width * height];
      Arrays.fill(pixels, (byte) (base + p));
      Files.write(chunk, pixels);
    }
  }

  /** A field of two channels. */
  private void field(String path, int base) throws IOException {
    group(path, MULTISCALES + ",'omero':{'channels':[{'label':'DNA'},{'label':'GFP'}]}");
    array(path + "/0", "2,2,3", 2, 3, 2, base);
    array(path + "/1", "2,1,1", 2, 1, 1, base + 100);
  }

  private ArchiveIndex read() throws IOException {
    return read(ArchiveOptions.NONE);
  }

  private ArchiveIndex read(ArchiveOptions options) throws IOException {
    return new OmeZarr().read(FolderScan.of(root), options);
  }

  private static ArchiveOptions choice(String name, String value) {
    return new ArchiveOptions(null, null, null, Map.of(), Map.of(name, value));
  }

  private ArchivePlane plane(PlateIndex plate, PlaneId id) throws IOException {
    IndexedArchive archive = new IndexedArchive(FolderScan.of(root).root(), plate);
    assertThat(archive.probe(id)).isEqualTo(archive.read(id).format());
    return archive.read(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.4", "0.5"})
  void bothVersionsAreReadAndOnlyTheirFullResolution(String written) throws IOException {
    version = written;
    group("p.zarr", "'plate':{'name':'P9','version':'" + written + "'," + ROWS_AND_COLUMNS + ",'wells':[{'path':'B/3','rowIndex':1,'columnIndex':2}]}");
    group("p.zarr/B/3", "'well':{'images':[{'path':'0'},{'path':'1'}]}");
    field("p.zarr/B/3/0", 10);
    field("p.zarr/B/3/1", 20);
    assertThat(new OmeZarr().recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = read();
    assertThat(index.plates()).hasSize(1);
    PlateIndex plate = index.plates().getFirst();
    assertThat(plate.key()).isEqualTo(new PlateKey("P9", "1"));
    assertThat(plate.channels()).containsExactly("DNA", "GFP");
    assertThat(plate.planes()).extracting(IndexedPlane::id).containsExactly(new PlaneId(B03, 1, "DNA", 0, 0), new PlaneId(B03, 1, "GFP", 0, 0),
        new PlaneId(B03, 2, "DNA", 0, 0), new PlaneId(B03, 2, "GFP", 0, 0));
    ArchivePlane read = plane(plate, new PlaneId(B03, 2, "GFP", 0, 0));
    assertThat(read.payload()).isEqualTo(ByteBuffer.wrap(new byte[] {21, 21, 21, 21, 21, 21}));
    assertThat(read.format().width()).isEqualTo(3);
    assertThat(index.findings().ignored().keySet()).containsExactly("reduced resolution");
    assertThat(index.findings().unknown().count()).isZero();
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(plate.absent()).isEmpty();
  }

  @Test
  void thePlateItselfMayBeTheFolder() throws IOException {
    version = "0.5";
    group(".", "'plate':{" + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0}]}");
    group("A/1", "'well':{'images':[{'path':'0'}]}");
    field("A/1/0", 1);
    ArchiveIndex index = read();
    assertThat(index.plates().getFirst().key().plate()).isEqualTo(root.toRealPath().getFileName().toString());
    assertThat(index.findings().choices()).anySatisfy(c -> assertThat(c.otherwise()).isEqualTo("--plate BARCODE"));
    assertThat(index.plates().getFirst().planes()).hasSize(2);
  }

  @Test
  void thePathIsFollowedWhateverItsPadding() throws IOException {
    group("p.zarr", "'plate':{'name':'P',"
        + "'rows':[{'name':'A'}],'columns':[{'name':'1'},{'name':'02'}],'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0},{'path':'rowA/col002','rowIndex':0,'columnIndex':1}]}");
    group("p.zarr/A/1", "'well':{'images':[{'path':'0'}]}");
    field("p.zarr/A/1/0", 1);
    group("p.zarr/rowA/col002", "'well':{'images':[{'path':'field_07'}]}");
    field("p.zarr/rowA/col002/field_07", 2);
    assertThat(read().plates().getFirst().planes()).extracting(p -> p.id().well() + " " + p.id().site()).containsExactly("A01 1", "A01 1", "A02 1", "A02 1");
  }

  @Test
  void rowAndColumnIndexCountFromZeroAndNamesTellThePlaceWhereOnlyImagedOnesAreListed() throws IOException {
    group("p.zarr", "'plate':{'name':'P','rows':[{'name':'B'}],'columns':[{'name':'03'}],'wells':[{'path':'B/03','rowIndex':0,'columnIndex':0}]}");
    group("p.zarr/B/03", "'well':{'images':[{'path':'0'}]}");
    field("p.zarr/B/03/0", 1);
    ArchiveIndex byName = read();
    assertThat(byName.plates().getFirst().planes().getFirst().id().well()).isEqualTo(B03);
    assertThat(byName.findings().choices()).anySatisfy(c -> {
      assertThat(c.what()).contains("B03", "A01");
      assertThat(c.otherwise()).isEqualTo("wellsBy=index");
    });
    assertThat(read(choice("wellsBy", "index")).plates().getFirst().planes().getFirst().id().well()).isEqualTo(new WellAddress(0, 0));
  }

  @ParameterizedTest
  @CsvSource({"1700000000,2023-11-14T22:13:20Z", "1700000000000,2023-11-14T22:13:20Z", "1343731272.5,2012-07-31T10:41:12.500Z"})
  void timesAreSecondsOrBeyond1e11Milliseconds(String written, Instant meant) throws IOException {
    plateOfTwoRuns("'starttime':" + written);
    ArchiveIndex index = read();
    assertThat(index.plates()).extracting(PlateIndex::key).containsExactly(new PlateKey("P", "7"), new PlateKey("P", "first"));
    PlateIndex first = index.plates().getLast();
    assertThat(first.planes()).allSatisfy(p -> {
      assertThat(p.acquiredAt()).isEqualTo(meant);
      assertThat(p.id().site()).isEqualTo(1);
    });
    assertThat(index.plates().getFirst().planes()).allSatisfy(p -> {
      assertThat(p.acquiredAt()).isNull();
      assertThat(p.id().site()).as("ranked within its run").isEqualTo(1);
    });
    assertThat(index.findings().choices()).anySatisfy(c -> assertThat(c.otherwise()).isEqualTo("times=none"));
    assertThat(read(choice("times", "none")).plates().getLast().planes()).allSatisfy(p -> assertThat(p.acquiredAt()).isNull());
  }

  private void plateOfTwoRuns(String time) throws IOException {
    group("p.zarr", "'plate':{'name':'P','acquisitions':[{'id':1,'name':'first'," + time + "},{'id':7}],"
        + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0}]}");
    group("p.zarr/A/1", "'well':{'images':[{'path':'0','acquisition':1},{'path':'1','acquisition':7}]}");
    field("p.zarr/A/1/0", 1);
    field("p.zarr/A/1/1", 2);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"t,c,z,y,x;2,2,3,2,3", "c,t,z,y,x;2,2,3,2,3", "z,y,x;3,2,3", "y,x;2,3"})
  void axesMayStandInAnyOrderBeforeYAndX(String axes, String shape) throws IOException {
    oneField(axes);
    List<String> names = List.of(axes.split(",", -1));
    String[] sizes = shape.split(",", -1);
    int planes = 1;
    for (int i = 0; i < sizes.length - 2; i++) {
      planes *= Integer.parseInt(sizes[i]);
    }
    array("p.zarr/A/1/0/0", shape, planes, 3, 2, 0);
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(planes);
    WellAddress a01 = new WellAddress(0, 0);
    boolean all = names.size() == 5;
    PlaneId id = new PlaneId(a01, 1, all ? "C1" : "C0", 0, names.contains("z") ? 2 : 0);
    // tczyx: 0·6 + 1·3 + 2; ctzyx: 1·6 + 0·3 + 2; zyx: 2; yx: 0.
    int expected = all ? names.getFirst().equals("t") ? 5 : 8 : names.contains("z") ? 2 : 0;
    assertThat(plane(plate, id).payload().get(0)).isEqualTo((byte) expected);
  }

  private void oneField(String axes) throws IOException {
    group("p.zarr", "'plate':{'name':'P'," + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0}]}");
    group("p.zarr/A/1", "'well':{'images':[{'path':'0'}]}");
    group("p.zarr/A/1/0", "'multiscales':[{'axes':[" + String.join(",", Arrays.stream(axes.split(",", -1)).map(a -> "{'name':'" + a + "'}").toList())
        + "],'datasets':[{'path':'0'}]}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"c,x,y", "q,y,x", "c,c,y,x", "y,x"})
  void otherAxesAreRefusedAndNamed(String axes) throws IOException {
    oneField(axes);
    array("p.zarr/A/1/0/0", axes.equals("y,x") ? "2,2,3" : axes.equals("c,c,y,x") ? "1,2,2,3" : "2,2,3", 2, 3, 2, 0);
    assertThatThrownBy(this::read).isInstanceOf(ArchiveException.class).hasMessageContaining("axes");
  }

  @Test
  void planesOfWhichNoChunkWasWrittenAreAbsentUnlessTheyAreSaidToBeBlack() throws IOException {
    oneField("c,y,x");
    array("p.zarr/A/1/0/0", "2,2,3", 1, 3, 2, 5);
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(1);
    assertThat(plate.absent()).singleElement().satisfies(a -> {
      assertThat(a.kind()).isEqualTo(Absence.NOT_RECORDED);
      assertThat(a.id().channel()).isEqualTo("C1");
    });
    PlateIndex black = read(choice("empty", "black")).plates().getFirst();
    assertThat(plane(black, new PlaneId(new WellAddress(0, 0), 1, "C1", 0, 0)).payload()).isEqualTo(ByteBuffer.allocate(6));
  }

  @Test
  void wellsAndFieldsThatAreNotThereAreAbsentAsTheOthersAre() throws IOException {
    group("p.zarr", "'plate':{'name':'P'," + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0},{'path':'B/3','rowIndex':1,'columnIndex':2}]}");
    group("p.zarr/A/1", "'well':{'images':[{'path':'0'},{'path':'1'}]}");
    field("p.zarr/A/1/0", 1);
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(2);
    assertThat(plate.absent()).extracting(AbsentPlane::id).containsExactly(
        new PlaneId(new WellAddress(0, 0), 2, "DNA", 0, 0), new PlaneId(new WellAddress(0, 0), 2, "GFP", 0, 0), new PlaneId(B03, 1, "DNA", 0, 0), new PlaneId(B03, 1, "GFP", 0, 0));
    assertThat(plate.absent()).allSatisfy(a -> assertThat(a.kind()).isEqualTo(Absence.MISSING));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../outside/0", "/etc", "file:///etc", "../../../../../../etc"})
  void pathsThatLeaveTheFolderAreNeverFollowed(String path) throws IOException {
    field("outside/0", 9);
    group("in/p.zarr", "'plate':{'name':'P'," + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0}]}");
    group("in/p.zarr/A/1", "'well':{'images':[{'path':'0'},{'path':'../../" + path + "'}]}");
    field("in/p.zarr/A/1/0", 1);
    PlateIndex plate = new OmeZarr().read(FolderScan.of(root.resolve("in")), ArchiveOptions.NONE).plates().getFirst();
    assertThat(plate.planes()).hasSize(2).allSatisfy(p -> assertThat(p.id().site()).isEqualTo(1));
    assertThat(plate.absent()).hasSize(2).allSatisfy(a -> assertThat(a.id().site()).isEqualTo(2));
  }

  @Test
  void arraysBeyondTheLimitsOrOfOtherTypesAreAbsentWithTheReason() throws IOException {
    group("p.zarr", "'plate':{'name':'P'," + ROWS_AND_COLUMNS + ",'wells':[{'path':'A/1','rowIndex':0,'columnIndex':0}]}");
    group("p.zarr/A/1", "'well':{'images':[{'path':'0'},{'path':'1'},{'path':'2'}]}");
    field("p.zarr/A/1/0", 1);
    field("p.zarr/A/1/1", 1);
    field("p.zarr/A/1/2", 1);
    Path huge = root.resolve("p.zarr/A/1/1/0/.zarray");
    Files.writeString(huge, Files.readString(huge).replace("\"chunks\":[1,2,3]", "\"chunks\":[1,99999,99999]"));
    Path truncated = root.resolve("p.zarr/A/1/2/0/.zarray");
    Files.writeString(truncated, Files.readString(truncated).substring(0, 40));
    PlateIndex plate = read().plates().getFirst();
    assertThat(plate.planes()).hasSize(2);
    assertThat(plate.absent()).hasSize(4).anySatisfy(a -> assertThat(a.reason()).contains("cannot be read"));
  }

  @Test
  void brokenAttributesNameFileAndLine() throws IOException {
    write("p.zarr/.zattrs", "{'plate': {\n'name': ");
    assertThat(new OmeZarr().recognises(FolderScan.of(root))).isFalse();
    assertThatThrownBy(this::read).isInstanceOf(ArchiveException.class).hasMessageContaining("p.zarr/.zattrs").hasMessageContaining("line 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.4", "0.5"})
  void anyBrokenMetadataGiveAnErrorOrFindingsAndNoPlaneOutside(String written) throws IOException {
    version = written;
    plateOfTwoRuns("'starttime':1343731272");
    Path real = root.toRealPath();
    List<Path> metadata;
    try (Stream<Path> all = Files.walk(root)) {
      metadata = all.filter(file -> List.of("zarr.json", ".zattrs", ".zarray").contains(file.getFileName().toString())).sorted().toList();
    }
    SplittableRandom random = new SplittableRandom(5);
    int read = 0;
    for (int i = 0; i < 1_000; i++) {
      Path file = metadata.get(i % metadata.size());
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, BrokenIndexTest.damaged(whole, random));
      try {
        ArchiveIndex index = read();
        index.plates().forEach(plate -> {
          IndexedArchive archive = new IndexedArchive(real, plate);
          plate.planes().forEach(plane -> {
            assertThat(plane.location().file()).startsWith(real);
            try {
              archive.read(plane.id());
            } catch (IOException e) {
              assertThat(e).hasMessageContaining("p.zarr");
            }
          });
        });
        read++;
      } catch (ArchiveException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
      Files.write(file, whole);
    }
    assertThat(read).isGreaterThan(100);
  }

  @Test
  void labelsAndOtherFilesAreIgnoredWithTheirReason() throws IOException {
    oneField("c,y,x");
    array("p.zarr/A/1/0/0", "2,2,3", 2, 3, 2, 5);
    array("p.zarr/A/1/0/labels/nuclei/0", "1,2,3", 1, 3, 2, 5);
    write("p.zarr/OME/METADATA.ome.xml", "<OME/>");
    write("stray.tif", "");
    ArchiveIndex index = read();
    assertThat(index.findings().ignored().keySet()).containsExactly("labels of objects", "not in the plate's index");
    assertThat(index.findings().unknown().examples()).containsExactly("stray.tif");
  }
}
