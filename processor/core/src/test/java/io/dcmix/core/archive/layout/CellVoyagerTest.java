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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellVoyagerTest {
  private static final CellVoyager LAYOUT = new CellVoyager();
  private static final String XMLNS = " xmlns:bts=\"http://www.yokogawa.co.jp/BTS/BTSSchema/1.0\"";

  @TempDir Path root;

  private OnDisk disk() {
    return new OnDisk(root);
  }

  private static String mlf(String... records) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<bts:MeasurementData" + XMLNS + " bts:Version=\"1.0\">\n" + String.join("\n", records)
        + "\n</bts:MeasurementData>";
  }

  /** A record of row and column 1-based, field, focal plane and channel. */
  private static String image(int row, int column, int field, int z, int channel, String file, String... more) {
    return ("<bts:MeasurementRecord bts:Time=\"2020-08-12T15:43:03.957+09:00\" bts:Column=\"%d\" bts:Row=\"%d\" bts:FieldIndex=\"%d\" bts:TimePoint=\"1\" "
        + "bts:TimelineIndex=\"1\" bts:Type=\"IMG\" bts:ActionIndex=\"1\" bts:Action=\"3D\" bts:X=\"-5.5\" bts:Y=\"0\" bts:Z=\"3.1\" bts:ZIndex=\"%d\" "
        + "bts:Ch=\"%d\" %s>%s</bts:MeasurementRecord>").formatted(column, row, field, z, channel, String.join(" ", more), file);
  }

  private static String failure(int row, int column, String message) {
    return "<bts:MeasurementRecord bts:Time=\"2020-08-12T15:44:03+09:00\" bts:Column=\"%d\" bts:Row=\"%d\" bts:TimePoint=\"1\" bts:TimelineIndex=\"1\" bts:Type=\"ERR\">%s</bts:MeasurementRecord>"
        .formatted(column, row, message);
  }

  private static String mrf(String barcode) {
    return "<bts:MeasurementDetail" + XMLNS + " bts:Title=\"run\" bts:BeginTime=\"2020-08-12T15:41:59.5541+09:00\" bts:EndTime=\"2020-08-12T17:00:00+09:00\" "
        + "bts:RowCount=\"16\" bts:ColumnCount=\"24\"><bts:MeasurementSamplePlate bts:Name=\"" + barcode + "\"/>"
        + "<bts:MeasurementChannel bts:Ch=\"1\" bts:InputBitDepth=\"16\" bts:ShadingCorrectionSource=\"SC_BP445.tif\"/></bts:MeasurementDetail>";
  }

  private static final String MES = "<bts:MeasurementSetting" + XMLNS + "><bts:ChannelList><bts:Channel bts:Ch=\"1\" bts:Target=\"DNA\" bts:Acquisition=\"BP445\"/>"
      + "<bts:Channel bts:Ch=\"2\" bts:Target=\"GFP\" bts:Acquisition=\"BP525\"/></bts:ChannelList></bts:MeasurementSetting>";

  @Test
  void anAcquisitionIsReadFromItsThreeFiles() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(2, 3, 1, 1, 1, "P_B03_T0001F001L01A01Z01C01.tif"), image(2, 3, 1, 1, 2, "P_B03_T0001F001L01A01Z01C02.tif")))
        .text("run/MeasurementDetail.mrf", mrf("P")).text("run/setting.mes", MES)
        .files("run/P_B03_T0001F001L01A01Z01C01.tif", "run/P_B03_T0001F001L01A01Z01C02.tif", "run/SC_BP445.tif", "run/stray.tif");
    assertThat(LAYOUT.recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = disk().read(LAYOUT);
    PlateIndex plate = only(index);
    assertThat(plate.key().plate()).isEqualTo("P");
    assertThat(plate.key().acquisition()).isEqualTo("2020-08-12T15:41:59");
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_384);
    assertThat(plate.channels()).containsExactly("DNA", "GFP");
    assertThat(planes(plate)).containsExactly("B03 site 1 channel DNA", "B03 site 1 channel GFP");
    assertThat(plate.absent()).isEmpty();
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(index.findings().choices()).isEmpty();
    assertThat(index.findings().ignored().get("correction image").examples()).containsExactly("run/SC_BP445.tif");
    assertThat(index.findings().unknown().examples()).containsExactly("run/stray.tif");
  }

  @Test
  void anErrorRecordIsAFocusFailureOfTheWell() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(
            image(3, 13, 1, 1, 1, "a.tif"), image(3, 13, 2, 1, 1, "b.tif"), failure(3, 14, "AF Error at C14 No. 0 (Timeout)")))
        .files("run/a.tif", "run/b.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("C13 site 1 channel C01", "C13 site 2 channel C01");
    assertThat(absent(only(index), Absence.FOCUS_FAILURE)).containsExactly("C14 site 1 channel C01", "C14 site 2 channel C01");
    assertThat(only(index).absent()).extracting(AbsentPlane::reason).containsOnly("AF Error at C14 No. 0 (Timeout)");
    assertThat(index.findings().warnings()).containsExactly("run/MeasurementData.mlf: the autofocus failed 1 times, such as: AF Error at C14 No. 0 (Timeout)");
  }

  @Test
  void aFocusFailureCostsOnlyWhatTheWellLacks() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(
            image(1, 1, 1, 1, 1, "a.tif"), image(1, 1, 2, 1, 1, "b.tif"), image(1, 2, 1, 1, 1, "c.tif"), failure(1, 2, "AF Error at A02")))
        .files("run/a.tif", "run/b.tif", "run/c.tif");
    assertThat(planes(only(disk().read(LAYOUT)))).containsExactly("A01 site 1 channel C01", "A01 site 2 channel C01", "A02 site 1 channel C01");
    assertThat(absent(only(disk().read(LAYOUT)), Absence.FOCUS_FAILURE)).containsExactly("A02 site 2 channel C01");
  }

  @Test
  void maximumProjectionsShareCoordinatesWithPlanesAndAreIgnored() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "z1.tif"), image(1, 1, 1, 2, 1, "z2.tif"),
            image(1, 1, 1, 1, 1, "max.tif", "bts:ZImageProcessing=\"Maximum\"")))
        .files("run/z1.tif", "run/z2.tif", "run/max.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly("z1.tif", "z2.tif");
    assertThat(index.findings().ignored().get("projection").examples()).containsExactly("run/max.tif");
    assertThat(choices(index)).contains("projections=only");
    ArchiveIndex only = disk().read(LAYOUT, "projections=only");
    assertThat(fileNames(only(only))).containsExactly("max.tif");
    assertThat(only(only).absent()).isEmpty();
    assertThat(only.findings().ignored().get("focal plane, as projections=only").count()).isEqualTo(2);
  }

  @Test
  void brightfieldWithMoreFocalPlanesThanFluorescenceIsNotMissing() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "f1.tif"), image(1, 1, 1, 1, 2, "b1.tif"), image(1, 1, 1, 2, 2, "b2.tif"),
            image(1, 1, 1, 3, 2, "b3.tif"), image(1, 2, 1, 1, 1, "f2.tif"), failure(1, 3, "AF Error at A03")))
        .text("run/s.mes", MES.replace("GFP", "Brightfield")).files("run/f1.tif", "run/f2.tif", "run/b1.tif", "run/b2.tif", "run/b3.tif");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(absent(plate, Absence.MISSING)).isEmpty();
    assertThat(absent(plate, Absence.NOT_ACQUIRED)).contains("A01 site 1 channel DNA z 1", "A01 site 1 channel DNA z 2", "A03 site 1 channel DNA z 2");
    assertThat(absent(plate, Absence.FOCUS_FAILURE)).containsExactly(
        "A03 site 1 channel DNA", "A03 site 1 channel Brightfield", "A03 site 1 channel Brightfield z 1", "A03 site 1 channel Brightfield z 2");
  }

  @Test
  void anIndexThatEndsInTwoBracketsIsWhole() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif")) + ">").files("run/a.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel C01");
    assertThat(index.findings().warnings()).isEmpty();
  }

  @Test
  void filesOnDiskThatTheIndexDoesNotTellOfAreUnknownUnlessItIsIgnored() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "P_A01_T0001F001L01A01Z01C01.tif")))
        .files("run/P_A01_T0001F001L01A01Z01C01.tif", "run/P_A02_T0001F001L01A01Z01C01.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly("P_A01_T0001F001L01A01Z01C01.tif");
    assertThat(index.findings().unknown().examples()).containsExactly("run/P_A02_T0001F001L01A01Z01C01.tif");
    assertThat(planes(only(disk().read(LAYOUT, "index=ignore")))).containsExactly("A01 site 1 channel C01", "A02 site 1 channel C01");
  }

  @Test
  void filesThatTheIndexTellsOfAndTheDiskLacksAreMissing() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"), image(1, 2, 1, 1, 1, "b.tif"), image(1, 3, 1, 1, 1, "c.tif")))
        .files("run/a.tif").text("run/c.tif", "");
    assertThat(only(disk().read(LAYOUT)).absent()).containsExactly(
        new AbsentPlane(Folders.plane("A02", 1, "C01"), "file b.tif is missing"),
        new AbsentPlane(Folders.plane("A03", 1, "C01"), "file c.tif is empty"));
  }

  @Test
  void aPlateWhoseBarcodeWasNotReadGoesByTheTimeInItsFiles() throws IOException {
    String file = "200812_154159_AssayPlate_A01_T0001F001L01A01Z01C01.tif";
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, file))).text("run/MeasurementDetail.mrf", mrf("")).files("run/" + file);
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(only(index).key().plate()).isEqualTo("200812_154159_AssayPlate");
    assertThat(choices(index)).containsExactly("the plate's barcode");
    ArchiveIndex named = disk().read(LAYOUT, new ArchiveOptions("BC0042", null, null, Map.of(), Map.of()));
    assertThat(only(named).key().plate()).isEqualTo("BC0042");
  }

  @Test
  void aBarcodeThatDiffersFromTheFilesIsAChoice() throws IOException {
    String file = "Q_A01_T0001F001L01A01Z01C01.tif";
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, file))).text("run/MeasurementDetail.mrf", mrf("P")).files("run/" + file);
    assertThat(only(disk().read(LAYOUT)).key().plate()).isEqualTo("P");
    assertThat(choices(disk().read(LAYOUT))).containsExactly("barcode=prefix");
    assertThat(only(disk().read(LAYOUT, "barcode=prefix")).key().plate()).isEqualTo("Q");
  }

  @Test
  void timesCarryTheZoneThatTheFileSays() throws IOException {
    String local = image(1, 2, 1, 1, 1, "b.tif").replace("2020-08-12T15:43:03.957+09:00", "2020-08-12T15:43:03.957");
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"), local)).files("run/a.tif", "run/b.tif");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(plate.planes().getFirst().acquiredAt()).isEqualTo(Instant.parse("2020-08-12T06:43:03.957Z"));
    assertThat(plate.planes().getFirst().acquiredAtText()).isNull();
    assertThat(plate.planes().getLast().acquiredAt()).isNull();
    assertThat(plate.planes().getLast().acquiredAtText()).isEqualTo("2020-08-12T15:43:03.957");
    PlateIndex zoned = only(disk().read(LAYOUT, new ArchiveOptions(null, null, ZoneId.of("Asia/Tokyo"), Map.of(), Map.of())));
    assertThat(zoned.planes().getLast().acquiredAt()).isEqualTo(Instant.parse("2020-08-12T06:43:03.957Z"));
  }

  @Test
  void theSettingMayBeAbsentAndTheDetailToo() throws IOException {
    disk().text("P_run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "P_A01_T0001F001L01A01Z01C01.tif"))).files("P_run/P_A01_T0001F001L01A01Z01C01.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(keys(index)).containsExactly("P/P_run");
    assertThat(only(index).channels()).containsExactly("C01");
    assertThat(choices(index)).containsExactly("another plate or acquisition", "wells=384");
  }

  @Test
  void oneChannelOfTwoActionsBecomesTwoChannels() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"), image(1, 1, 1, 1, 1, "b.tif").replace("ActionIndex=\"1\"", "ActionIndex=\"2\"")))
        .text("run/s.mes", MES).files("run/a.tif", "run/b.tif");
    assertThat(only(disk().read(LAYOUT)).channels()).containsExactly("DNA (L01A01)", "DNA (L01A02)");
    assertThat(fileNames(only(disk().read(LAYOUT)))).containsExactly("a.tif", "b.tif");
  }

  @Test
  void namesThatLeadOutOfTheArchiveAreRefused() throws IOException {
    Files.writeString(root.resolve("secret.tif"), "pixels");
    Path inner = root.resolve("inner");
    OnDisk disk = new OnDisk(inner).text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"), image(1, 2, 1, 1, 1, "../../secret.tif"),
        image(1, 3, 1, 1, 1, "/etc/passwd"), image(1, 4, 1, 1, 1, "http://example.org/a.tif"), image(1, 5, 1, 1, 1, "a\nb.tif"),
        image(1, 6, 1, 1, 1, "C:\\a.tif"))).files("run/a.tif");
    ArchiveIndex index = disk.read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel C01");
    assertThat(only(index).absent()).hasSize(5).allMatch(plane -> plane.reason().contains("is not read"));
    assertThat(index.findings().warnings()).hasSize(5).allMatch(w -> w.startsWith("run/MeasurementData.mlf: "));
  }

  @Test
  void anIndexThatSaysTiffMayMeanPng() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"))).files("run/a.png");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly("a.png");
    assertThat(index.findings().warnings()).containsExactly("run/MeasurementData.mlf: 1 images are PNG files, and the index calls them TIFF");
  }

  @Test
  void theCq1CountsWellsOverThePlatesColumns() throws IOException {
    disk().files("P1/W0001F0001T0001Z001C1.tif", "P1/W0013F0002T0001Z001C2.tif");
    assertThat(LAYOUT.recognises(FolderScan.of(root))).isTrue();
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel C01", "B01 site 2 channel C02");
    assertThat(choices(index)).contains("wells=384");
    assertThat(planes(only(disk().read(LAYOUT, "wells=384")))).containsExactly("A01 site 1 channel C01", "A13 site 2 channel C02");
    disk().files("P1/W0097F0001T0001Z001C1.tif");
    assertThat(only(disk().read(LAYOUT)).format()).isEqualTo(PlateFormat.WELLS_384);
    assertThat(planes(only(disk().read(LAYOUT)))).contains("E01 site 1 channel C01");
  }

  @Test
  void recordsThatMakeNoSenseNameTheirLine() throws IOException {
    disk().text("run/MeasurementData.mlf", mlf(image(1, 1, 1, 1, 1, "a.tif"), image(0, 1, 1, 1, 1, "b.tif"), image(1, 1, 1, 0, 1, "c.tif"),
        image(1, 1, 1, 1, 1, "d.tif").replace("FieldIndex=\"1\"", "FieldIndex=\"one\""), image(1, 1, 1, 1001, 1, "e.tif"),
        image(1, 1, 1, 1, 1, "f.tif").replace("TimePoint=\"1\"", "TimePoint=\"2147483647\""))).files("run/a.tif");
    assertThat(disk().read(LAYOUT).findings().warnings()).hasSize(5)
        .allMatch(w -> w.matches("run/MeasurementData.mlf, line [4-8]: a record is left out: .*"));
  }

  @Test
  void aTruncatedIndexKeepsWhatStandsBefore() throws IOException {
    String whole = mlf(image(1, 1, 1, 1, 1, "a.tif"), image(1, 2, 1, 1, 1, "b.tif"));
    disk().text("run/MeasurementData.mlf", whole.substring(0, whole.indexOf("b.tif"))).files("run/a.tif", "run/b.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly("a.tif");
    assertThat(index.findings().warnings()).singleElement().asString().contains("line 4").contains("the 1 images before that are read");
    assertThat(index.findings().unknown().count()).isEqualTo(1);
  }

  @Test
  void aDocumentTypeIsRefused() throws IOException {
    disk().text("run/MeasurementData.mlf", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + mlf(image(1, 1, 1, 1, 1, "&x;"))).files("run/a.tif");
    assertThatThrownBy(() -> disk().read(LAYOUT)).isInstanceOf(ArchiveException.class).hasMessageContaining("document type");
  }

  @Test
  void aDamagedIndexGivesFindingsOrAnArchiveExceptionAndNoOther() throws IOException {
    byte[] mlf = mlf(image(1, 1, 1, 1, 1, "P_A01_T0001F001L01A01Z01C01.tif"), image(1, 2, 1, 1, 2, "b.tif"), failure(1, 3, "AF Error at A03"))
        .getBytes(StandardCharsets.UTF_8);
    byte[] mrf = mrf("P").getBytes(StandardCharsets.UTF_8);
    byte[] mes = MES.getBytes(StandardCharsets.UTF_8);
    disk().files("run/P_A01_T0001F001L01A01Z01C01.tif", "run/b.tif");
    Random random = new Random(7000);
    int read = 0;
    for (int i = 0; i < 500; i++) {
      Files.write(root.resolve("run/MeasurementData.mlf"), damaged(mlf, random));
      Files.write(root.resolve("run/MeasurementDetail.mrf"), damaged(mrf, random));
      Files.write(root.resolve("run/s.mes"), damaged(mes, random));
      try {
        List<PlateIndex> plates = disk().read(LAYOUT).plates();
        assertThat(plates).isNotEmpty();
        read++;
      } catch (ArchiveException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(read).isBetween(1, 499);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] damaged = random.nextInt(3) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
    for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }
}
