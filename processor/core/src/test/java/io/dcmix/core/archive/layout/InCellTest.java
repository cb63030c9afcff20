package io.dcmix.core.archive.layout;

import static io.dcmix.core.archive.layout.OnDisk.absent;
import static io.dcmix.core.archive.layout.OnDisk.choices;
import static io.dcmix.core.archive.layout.OnDisk.fileNames;
import static io.dcmix.core.archive.layout.OnDisk.keys;
import static io.dcmix.core.archive.layout.OnDisk.only;
import static io.dcmix.core.archive.layout.OnDisk.planes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InCellTest {
  private static final InCell LAYOUT = new InCell();
  private static final String DNA = "A - 01(fld 1 wv DAPI - DAPI).tif";
  private static final String GFP = "A - 01(fld 1 wv FITC - FITC).tif";

  @TempDir Path root;

  private OnDisk disk() {
    return new OnDisk(root);
  }

  private static String xdce(int number, String... images) {
    return "<?xml version=\"1.0\" encoding=\"ISO-8859-1\" standalone=\"no\"?>\n<ImageStack>\n<Application name=\"IN Cell Analyzer 2000\"/>\n"
        + "<Creation date=\"2010-11-17\" time=\"20:23:53\"/>\n<AutoLeadAcquisitionProtocol name=\"10\u00b5m\"><Plate columns=\"24\" name=\"384 well\" rows=\"16\"/>"
        + "</AutoLeadAcquisitionProtocol>\n<Images number=\"" + number + "\">\n" + String.join("\n", images) + "\n</Images></ImageStack>\n";
  }

  /** Row and column 1-based, field and wave 0-based. */
  private static String image(int row, int column, int field, int wave, String filter, String file) {
    return ("<Image filename=\"%s\"><Well label=\"x\"><Row number=\"%d\"/><Column number=\"%d\"/></Well><ExcitationFilter name=\"%s\"/>"
        + "<EmissionFilter name=\"%s\"/><Identifier field_index=\"%d\" time_index=\"0\" wave_index=\"%d\" z_index=\"0\"/></Image>")
        .formatted(file, row, column, filter, filter, field, wave);
  }

  @Test
  void anIndexTellsWellsFromOneAndFieldsFromZero() throws IOException {
    disk().text("run/Plate17.xdce", xdce(2, image(1, 1, 0, 0, "DAPI", DNA), image(1, 1, 0, 1, "FITC", GFP))).files("run/" + DNA, "run/" + GFP, "run/other.tif");
    assertThat(LAYOUT.recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = disk().read(LAYOUT);
    PlateIndex plate = only(index);
    assertThat(plate.key().plate()).isEqualTo("Plate17");
    assertThat(plate.key().acquisition()).isEqualTo("2010-11-17T20:23:53");
    assertThat(plate.instrument()).isEqualTo("IN Cell Analyzer 2000");
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_384);
    assertThat(planes(plate)).containsExactly("A01 site 1 channel DAPI", "A01 site 1 channel FITC");
    assertThat(plate.absent()).isEmpty();
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(index.findings().choices()).isEmpty();
    assertThat(index.findings().unknown().examples()).containsExactly("run/other.tif");
  }

  @Test
  void anIndexWithoutAnEncodingIsIso88591() throws IOException {
    String name = "A - 01(fld 1 wv D\u00c4PI - D\u00c4PI).tif";
    String declared = xdce(1, image(1, 1, 0, 0, "D\u00c4PI", "a.tif"));
    disk().text("run/P.xdce", declared.replace(" encoding=\"ISO-8859-1\"", "")).files("run/a.tif");
    assertThat(only(disk().read(LAYOUT)).channels()).containsExactly("D\u00c4PI");
    disk().text("run/P.xdce", declared.substring(declared.indexOf("<ImageStack>")));
    assertThat(only(disk().read(LAYOUT)).channels()).containsExactly("D\u00c4PI");
    Files.writeString(root.resolve("run/P.xdce"), declared.replace("ISO-8859-1", "UTF-8"), StandardCharsets.UTF_8);
    assertThat(only(disk().read(LAYOUT)).channels()).containsExactly("D\u00c4PI");
    assertThat(InCellName.of(name).orElseThrow().channel()).isEqualTo("D\u00c4PI");
  }

  @Test
  void namesOfSingleChannelsCarryNoWave() throws IOException {
    String one = "A - 01(fld 1).tif";
    String two = "A - 01(fld 2).tif";
    disk().text("run/P.xdce", xdce(2, image(1, 1, 0, 0, "", one), image(1, 1, 1, 0, "", two))).files("run/" + one, "run/" + two);
    assertThat(planes(only(disk().read(LAYOUT)))).containsExactly("A01 site 1 channel wave 1", "A01 site 2 channel wave 1");
    assertThat(planes(only(disk().read(LAYOUT, "index=ignore")))).containsExactly("A01 site 1 channel wave 1", "A01 site 2 channel wave 1");
  }

  @Test
  void aCountThatDisagreesIsAWarning() throws IOException {
    disk().text("run/P.xdce", xdce(96, image(1, 1, 0, 0, "DAPI", DNA))).files("run/" + DNA);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(only(index).planes()).hasSize(1);
    assertThat(index.findings().warnings()).containsExactly("run/P.xdce says that it has 96 images, and tells of 1");
  }

  @Test
  void theCreationTimeHasNoZoneAndIsText() throws IOException {
    disk().text("run/P.xdce", xdce(1, image(1, 1, 0, 0, "DAPI", DNA))).files("run/" + DNA);
    assertThat(only(disk().read(LAYOUT)).planes().getFirst().acquiredAt()).isNull();
    assertThat(only(disk().read(LAYOUT)).planes().getFirst().acquiredAtText()).isEqualTo("2010-11-17T20:23:53");
    PlateIndex zoned = only(disk().read(LAYOUT, new ArchiveOptions(null, null, ZoneId.of("Europe/Berlin"), Map.of(), Map.of())));
    assertThat(zoned.planes().getFirst().acquiredAt()).isEqualTo(Instant.parse("2010-11-17T19:23:53Z"));
  }

  @Test
  void namesTellAllWhereThereIsNoIndex() throws IOException {
    disk().files("P/X_A - 1(fld 1 wv UV - DAPI).tif", "P/X_A - 1(fld 1 wv Blue - FITC wix 2).tif", "P/X_AF - 48(fld 12 wv UV - DAPI z 3 time 2 - 1500 ms).TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(keys(index)).containsExactly("P/1");
    assertThat(planes(only(index))).containsExactly(
        "A01 site 1 channel Blue - FITC", "A01 site 1 channel UV - DAPI", "AF48 site 12 channel UV - DAPI timepoint 1 z 2");
    assertThat(choices(index)).contains("another plate or acquisition", "wells=384");
  }

  @Test
  void whatTheIndexTellsOfAndTheDiskLacksIsMissing() throws IOException {
    disk().text("run/P.xdce", xdce(4, image(1, 1, 0, 0, "DAPI", DNA), image(1, 2, 0, 0, "DAPI", "b.tif"), image(1, 3, 0, 0, "DAPI", "c.tif"),
        image(1, 4, 0, 0, "DAPI", "d.im"))).files("run/" + DNA, "run/d.im").text("run/c.tif", "");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(planes(plate)).containsExactly("A01 site 1 channel DAPI");
    assertThat(plate.absent()).extracting(AbsentPlane::reason).containsExactly(
        "file b.tif is missing", "file c.tif is empty", "file d.im is in the IN Cell's own format; export it as TIFF");
  }

  @Test
  void whatNothingTellsOfWasNotAcquired() throws IOException {
    disk().text("run/P.xdce", xdce(2, image(1, 1, 0, 0, "DAPI", DNA), image(1, 2, 0, 1, "FITC", "b.tif"))).files("run/" + DNA, "run/b.tif");
    assertThat(absent(only(disk().read(LAYOUT)), Absence.NOT_ACQUIRED)).containsExactly("A01 site 1 channel FITC", "A02 site 1 channel DAPI");
  }

  @Test
  void namesThatLeadOutOfTheArchiveAreRefused() throws IOException {
    disk().text("run/P.xdce", xdce(4, image(1, 1, 0, 0, "DAPI", DNA), image(1, 2, 0, 0, "DAPI", "..\\..\\x.tif"), image(1, 3, 0, 0, "DAPI", "file:///etc/passwd"),
        image(1, 4, 0, 0, "DAPI", "a&#10;b.tif"))).files("run/" + DNA);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).hasSize(1);
    assertThat(only(index).absent()).hasSize(3).allMatch(plane -> plane.reason().contains("is not read"));
    assertThat(index.findings().warnings()).hasSize(3);
  }

  @Test
  void imagesThatMakeNoSenseNameTheirLine() throws IOException {
    disk().text("run/P.xdce", xdce(5, image(1, 1, 0, 0, "DAPI", DNA), image(0, 1, 0, 0, "DAPI", "b.tif"), image(1, 1, -1, 0, "DAPI", "c.tif"),
        image(1, 1, 0, 0, "D&#10;API", "d.tif"), image(1, 1, 0, 0, "DAPI", "e.tif").replace("z_index=\"0\"", "z_index=\"1000\""),
        image(1, 1, 0, 0, "DAPI", "f.tif").replace("time_index=\"0\"", "time_index=\"2147483647\""))).files("run/" + DNA);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel DAPI");
    assertThat(only(index).absent()).isEmpty();
    assertThat(index.findings().warnings()).filteredOn(w -> w.matches("run/P.xdce, line \\d+: an image is left out: .*")).hasSize(5);
  }

  @Test
  void aFileThatIsNamedOtherwiseThanTheIndexSaysIsTold() throws IOException {
    disk().text("run/P.xdce", xdce(1, image(2, 1, 0, 0, "DAPI", DNA))).files("run/" + DNA);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("B01 site 1 channel DAPI");
    assertThat(index.findings().warnings()).containsExactly("run/P.xdce: 1 files are of another well or field by their names; the index counts");
  }

  @Test
  void everyFolderWithAnIndexIsAPlate() throws IOException {
    for (String run : new String[] {"1", "2"}) {
      disk().text(run + "/P" + run + ".xdce", xdce(1, image(1, 1, 0, 0, "DAPI", DNA))).files(run + "/" + DNA);
    }
    assertThat(disk().read(LAYOUT).plates()).extracting(plate -> plate.key().plate()).containsExactly("P1", "P2");
    ArchiveOptions second = new ArchiveOptions("P2", null, null, Map.of(), Map.of());
    assertThat(fileNames(only(disk().read(LAYOUT, second)))).containsExactly(DNA);
    assertThatThrownBy(() -> disk().read(LAYOUT, new ArchiveOptions("P3", null, null, Map.of(), Map.of())))
        .isInstanceOf(ArchiveException.class).hasMessageContaining("P3");
  }

  @Test
  void aTruncatedIndexKeepsWhatStandsBefore() throws IOException {
    String whole = xdce(2, image(1, 1, 0, 0, "DAPI", DNA), image(1, 1, 0, 1, "FITC", GFP));
    disk().text("run/P.xdce", whole.substring(0, whole.indexOf("FITC"))).files("run/" + DNA, "run/" + GFP);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly(DNA);
    assertThat(index.findings().warnings()).singleElement().asString().contains("the 1 images before that are read");
    assertThat(index.findings().unknown().examples()).containsExactly("run/" + GFP);
  }

  @Test
  void aDamagedIndexGivesFindingsOrAnArchiveExceptionAndNoOther() throws IOException {
    byte[] whole = xdce(2, image(1, 1, 0, 0, "DAPI", DNA), image(1, 1, 0, 1, "FITC", GFP)).getBytes(StandardCharsets.ISO_8859_1);
    disk().files("run/" + DNA, "run/" + GFP);
    Random random = new Random(2010);
    int read = 0;
    for (int i = 0; i < 600; i++) {
      byte[] damaged = i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(root.resolve("run/P.xdce"), damaged);
      try {
        assertThat(disk().read(LAYOUT).plates()).hasSize(1);
        read++;
      } catch (ArchiveException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(read).isBetween(1, 599);
  }
}
