package io.dcmix.core.archive.layout;

import static io.dcmix.core.archive.layout.OnDisk.absent;
import static io.dcmix.core.archive.layout.OnDisk.choices;
import static io.dcmix.core.archive.layout.OnDisk.fileNames;
import static io.dcmix.core.archive.layout.OnDisk.keys;
import static io.dcmix.core.archive.layout.OnDisk.only;
import static io.dcmix.core.archive.layout.OnDisk.planes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageXpressTest {
  private static final ImageXpress LAYOUT = new ImageXpress();
  private static final String GUID = "146C9B2CD-14FA-4DD4-9BC9-7CA5C9B0DA3E";

  @TempDir Path root;

  /** A 6-well plate, 2 × 3; the wells of the first row's first two columns are taken. */
  private static String htd(String... lines) {
    return "\"HTSInfoFile\", Version 1.0\r\n\"XWells\", 3\r\n\"YWells\", 2\r\n\"WellsSelection1\", TRUE, TRUE, FALSE\r\n"
        + "\"WellsSelection2\", FALSE, FALSE, FALSE\r\n" + String.join("\r\n", lines) + "\r\n\"EndFile\"\r\n";
  }

  private static final String[] ONE_SITE_TWO_WAVES = {
    "\"TimePoints\", 1", "\"ZSeries\", FALSE", "\"ZSteps\", 0", "\"Sites\", FALSE", "\"Waves\", TRUE", "\"NWavelengths\", 2", "\"WaveName1\", \"DNA\"",
    "\"WaveName2\", \"GFP\"", "\"WaveCollect1\", 1", "\"WaveCollect2\", 1"};

  private OnDisk disk() {
    return new OnDisk(root);
  }

  @Test
  void aRealExportOfOneWellWithoutSiteAndWaveInItsNames() throws IOException {
    Path folder = RealData.folder("imagexpress").resolve("9987_Plate_3420");
    assertThat(LAYOUT.recognises(FolderScan.of(folder))).isTrue();
    ArchiveIndex index = new OnDisk(folder).read(LAYOUT);
    PlateIndex plate = only(index);
    assertThat(plate.key()).hasToString("9987/3420");
    assertThat(plate.format()).isEqualTo(PlateFormat.WELLS_96);
    assertThat(plate.channels()).containsExactly("DAPI");
    assertThat(planes(plate)).containsExactly("B02 site 1 channel DAPI");
    assertThat(plate.absent()).isEmpty();
    assertThat(index.findings().warnings()).isEmpty();
    assertThat(index.findings().choices()).isEmpty();
    assertThat(index.findings().unknown().count()).isZero();
    assertThat(index.findings().ignored()).isEmpty();
  }

  @Test
  void aRealExportDeclaresMoreThanTheDiskHolds() throws IOException {
    ArchiveIndex index = new OnDisk(RealData.folder("imagexpress").resolve("9987_Plate_3434")).read(LAYOUT);
    PlateIndex plate = only(index);
    assertThat(plate.key()).hasToString("9987/3434");
    assertThat(plate.channels()).containsExactly("DAPI", "FITC", "Texas Red", "Cy5");
    // 2 wells x 2 sites x 3 waves x 2 focal planes are there; 4 waves x 3 focal planes are declared.
    assertThat(plate.planes()).hasSize(24);
    assertThat(absent(plate, Absence.MISSING)).hasSize(24).contains("B02 site 1 channel Cy5", "B03 site 2 channel DAPI z 2");
    assertThat(index.findings().ignored().get("projection").count()).isEqualTo(12);
    assertThat(choices(index)).containsExactly("projections=only");
    assertThat(index.findings().warnings()).isEmpty();
  }

  @Test
  void aFolderOfSeveralExportsHoldsSeveralAcquisitionsOfOnePlateAndReadsTheirPixels() throws IOException {
    Path folder = RealData.folder("imagexpress");
    ArchiveIndex index = new OnDisk(folder).read(LAYOUT);
    assertThat(keys(index)).containsExactly("9987/3420", "9987/3434");
    IndexedArchive archive = new IndexedArchive(folder.toRealPath(), index.plates().get(1));
    for (PlaneId id : archive.planes()) {
      ArchivePlane plane = archive.read(id);
      assertThat(plane.format().width()).isEqualTo(256);
      assertThat(plane.format().height()).isEqualTo(256);
      assertThat(plane.format().pixelType()).isEqualTo(PixelType.UINT16);
    }
    ArchiveOptions chosen = new ArchiveOptions(null, "3420", null, Map.of("DAPI", "DNA"), Map.of());
    assertThat(planes(only(new OnDisk(folder).read(LAYOUT, chosen)))).containsExactly("B02 site 1 channel DNA");
  }

  @Test
  void projectionsOnlyTakesThemInsteadOfTheFocalPlanes() throws IOException {
    Path folder = RealData.folder("imagexpress").resolve("9987_Plate_3434");
    ArchiveIndex index = new OnDisk(folder).read(LAYOUT, "projections=only");
    assertThat(only(index).planes()).hasSize(12).allSatisfy(plane ->
        assertThat(plane.location().file().getParent().getFileName()).hasToString("ZStep_0"));
    // Only the fourth wave has no projection; no focal planes are expected.
    assertThat(absent(only(index), Absence.MISSING)).containsExactly(
        "B02 site 1 channel Cy5", "B02 site 2 channel Cy5", "B03 site 1 channel Cy5", "B03 site 2 channel Cy5");
    assertThat(index.findings().ignored().get("focal plane, as projections=only").count()).isEqualTo(24);
  }

  @Test
  void aChannelThatHasProjectionsAloneIsReadFromThem() throws IOException {
    disk().text("7/P.HTD", htd("\"TimePoints\", 1", "\"ZSeries\", TRUE", "\"ZSteps\", 2", "\"Sites\", FALSE", "\"Waves\", TRUE", "\"NWavelengths\", 2",
        "\"WaveName1\", \"DNA\"", "\"WaveName2\", \"GFP\""))
        .files("7/ZStep_1/P_A01_w1.TIF", "7/ZStep_2/P_A01_w1.TIF", "7/ZStep_0/P_A01_w2.TIF", "7/ZStep_1/P_A02_w1.TIF", "7/ZStep_2/P_A02_w1.TIF",
            "7/ZStep_0/P_A02_w2.TIF", "7/ZStep_0/P_A02_w1.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly(
        "A01 site 1 channel DNA", "A01 site 1 channel DNA z 1", "A01 site 1 channel GFP",
        "A02 site 1 channel DNA", "A02 site 1 channel DNA z 1", "A02 site 1 channel GFP");
    assertThat(absent(only(index), Absence.NOT_ACQUIRED)).containsExactly("A01 site 1 channel GFP z 1", "A02 site 1 channel GFP z 1");
    assertThat(choices(index)).containsExactly("projections=only", "projections=ignore", "sparse=missing");
    assertThat(absent(only(disk().read(LAYOUT, "projections=ignore")), Absence.MISSING)).hasSize(4).allMatch(plane -> plane.contains("GFP"));
  }

  @Test
  void exactlyOneDigitFollowsW() throws IOException {
    disk().files("42/P_A01_s1_w" + GUID + ".tif", "42/P_A01_s14864BA30-0000-4000-8000-7CA5C9B0DA3E.tif", "42/P_A01_s12_w2.tif");
    PlateIndex plate = only(disk().read(LAYOUT));
    // The GUID of the first begins with 46C9B2CD; the second is site 1 without a wave, which is that of the first.
    assertThat(planes(plate)).containsExactly("A01 site 1 channel w1", "A01 site 12 channel w2");
    assertThat(disk().read(LAYOUT).findings().warnings()).anyMatch(w -> w.contains("is A01 site 1 channel w1 already"));
  }

  @Test
  void aSiteIsToldFromTheGuidThatFollows() {
    assertThat(ImageXpressName.of(Path.of("/a/P_B03_s14864BA30-0000-4000-8000-7CA5C9B0DA3E.tif")).orElseThrow())
        .satisfies(name -> assertThat(name.site()).isEqualTo(1))
        .satisfies(name -> assertThat(name.well()).hasToString("B03"));
    assertThat(ImageXpressName.of(Path.of("/a/P_B03_s12_w3[46C9B2CD-14FA-4DD4-9BC9-7CA5C9B0DA3E].TIF")).orElseThrow())
        .satisfies(name -> assertThat(name.site()).isEqualTo(12))
        .satisfies(name -> assertThat(name.wave()).isEqualTo(3));
    assertThat(ImageXpressName.of(Path.of("/a/P_B03_s1_w10.tif"))).isEmpty();
  }

  @Test
  void thumbnailsAreIgnored() throws IOException {
    disk().files("42/P_A01_s1_w1.tif", "42/P_A01_s1_w1_thumb.tif", "42/P_A01_s1_w1_thumb46C9B2CD-14FA-4DD4-9BC9-7CA5C9B0DA3E.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(fileNames(only(index))).containsExactly("P_A01_s1_w1.tif");
    assertThat(index.findings().ignored().get("thumbnail").count()).isEqualTo(2);
  }

  @Test
  void sitesFalseMeansOneSiteWhateverXSitesSays() throws IOException {
    disk().text("P_Plate_7/P.HTD", htd(ONE_SITE_TWO_WAVES).replace("\"Sites\", FALSE", "\"Sites\", FALSE\r\n\"XSites\", 3\r\n\"YSites\", 3"))
        .files("P_Plate_7/TimePoint_1/P_A01_w1.TIF", "P_Plate_7/TimePoint_1/P_A02_w1.TIF", "P_Plate_7/TimePoint_1/P_A02_w2.TIF");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(planes(plate)).containsExactly("A01 site 1 channel DNA", "A02 site 1 channel DNA", "A02 site 1 channel GFP");
    assertThat(absent(plate, Absence.MISSING)).containsExactly("A01 site 1 channel GFP");
  }

  @Test
  void wavesFalseMeansOneWaveWhateverNWavelengthsSays() throws IOException {
    disk().text("7/P.HTD", htd("\"TimePoints\", 1", "\"ZSeries\", FALSE", "\"Sites\", FALSE", "\"Waves\", FALSE", "\"NWavelengths\", 3", "\"WaveName1\", \"DNA\""))
        .files("7/P_A01.TIF", "7/P_A02.TIF");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(plate.channels()).containsExactly("DNA");
    assertThat(planes(plate)).hasSize(2);
    assertThat(plate.absent()).isEmpty();
  }

  @Test
  void zStepsMayBeZero() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w1.TIF", "7/P_A01_w2.TIF", "7/P_A02_w1.TIF", "7/P_A02_w2.TIF");
    assertThat(only(disk().read(LAYOUT)).absent()).isEmpty();
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES).replace("\"ZSeries\", FALSE", "\"ZSeries\", TRUE"));
    assertThat(only(disk().read(LAYOUT)).absent()).isEmpty();
  }

  @Test
  void oneHtdInEveryFolderIsOnePlate() throws IOException {
    String htd = htd("\"TimePoints\", 2", "\"ZSeries\", TRUE", "\"ZSteps\", 2", "\"Sites\", FALSE", "\"Waves\", FALSE", "\"WaveName1\", \"DNA\"");
    OnDisk disk = disk().text("P_Plate_7/P.HTD", htd);
    for (int t = 1; t <= 2; t++) {
      disk.text("P_Plate_7/TimePoint_" + t + "/P.HTD", htd);
      for (int z = 1; z <= 2; z++) {
        disk.text("P_Plate_7/TimePoint_%d/ZStep_%d/P.HTD".formatted(t, z), htd)
            .files("P_Plate_7/TimePoint_%d/ZStep_%d/P_A01.TIF".formatted(t, z), "P_Plate_7/TimePoint_%d/ZStep_%d/P_A02.TIF".formatted(t, z));
      }
    }
    ArchiveIndex index = disk.read(LAYOUT);
    assertThat(planes(only(index))).startsWith(
        "A01 site 1 channel DNA", "A01 site 1 channel DNA z 1", "A01 site 1 channel DNA timepoint 1", "A01 site 1 channel DNA timepoint 1 z 1").hasSize(8);
    assertThat(only(index).absent()).isEmpty();
    assertThat(index.findings().warnings()).isEmpty();
    disk.text("P_Plate_7/TimePoint_2/P.HTD", htd.replace("DNA", "GFP"));
    assertThat(disk.read(LAYOUT).findings().warnings())
        .containsExactly("P_Plate_7/TimePoint_2/P.HTD differs from P_Plate_7/P.HTD, which counts");
  }

  @Test
  void aCopyOfTheHtdInAnyFolderBelowIsNoPlateOfItsOwn() throws IOException {
    disk().text("P_Plate_7/P.HTD", htd(ONE_SITE_TWO_WAVES)).text("P_Plate_7/analysis/P.HTD", htd(ONE_SITE_TWO_WAVES)).files("P_Plate_7/P_A01_w1.TIF");
    assertThat(keys(disk().read(LAYOUT))).containsExactly("P/7");
    assertThat(disk().read(LAYOUT).findings().warnings()).isEmpty();
  }

  @Test
  void severalPlatesInOneFolderHaveTheirOwnHtds() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES)).text("7/Q.HTD", htd(ONE_SITE_TWO_WAVES).replace("GFP", "RFP"))
        .text("7/R.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w2.TIF", "7/Q_A01_w2.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(keys(index)).containsExactly("P/7", "Q/7", "R/7");
    assertThat(index.plates()).extracting(plate -> plate.channels().getLast()).containsExactly("GFP", "RFP", "GFP");
    assertThat(index.plates().getLast().planes()).isEmpty();
    assertThat(absent(index.plates().getLast(), Absence.MISSING)).hasSize(4);
    assertThat(index.findings().warnings()).containsExactly("7/R.HTD promises a plate, and there is no image of it");
  }

  @Test
  void anHtdOfAnotherNameTellsOfTheOnlyPlateOfItsFolder() throws IOException {
    disk().text("7/renamed.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w2.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel GFP");
    assertThat(choices(index)).containsExactly("htd=ignore");
  }

  @Test
  void anHtdOfBytesThatAreNotUtf8IsRead() throws IOException {
    disk().text("7/P.HTD", "\u00ef\u00bb\u00bf" + htd(ONE_SITE_TWO_WAVES).replace("\"XWells\"", "\"Description\", \"1t\u0081DAPI\u00b5: \"quoted\", 3\"\r\n\"XWells\"").replace("GFP", "\u00dfx"))
        .files("7/P_A01_w1.TIF");
    assertThat(only(disk().read(LAYOUT)).channels()).containsExactly("DNA", "\u00dfx");
  }

  @Test
  void aDatabaseFolderHoldsSeveralAcquisitions() throws IOException {
    disk().files("2024-07-08/3420/TimePoint_1/P_A01_s1_w1" + GUID.substring(1) + ".tif", "2024-07-08/3421/TimePoint_1/P_A01_s1_w1" + GUID.substring(1) + ".tif",
        "2024-07-09/3422/Q_A01_s1_w1" + GUID.substring(1) + ".tif");
    assertThat(LAYOUT.recognises(FolderScan.of(root))).isTrue();
    assertThat(keys(disk().read(LAYOUT))).containsExactly("P/3420", "P/3421", "Q/3422");
    assertThat(choices(disk().read(LAYOUT))).doesNotContain("another acquisition");
  }

  @Test
  void twoFoldersOfOneNumberStayTwoAcquisitions() throws IOException {
    disk().files("a/3420/P_A01_s1_w1.tif", "b/3420/P_A01_s1_w1.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(index.plates().stream().map(p -> p.key().acquisition()).toList()).containsExactly("3420", "3420 in b/3420");
    assertThat(choices(index)).anyMatch(choice -> choice.startsWith("each folder"));
  }

  @Test
  void aFolderWithoutAnHtdIsReadByItsNames() throws IOException {
    disk().files("plates/P_A01_s1_w1.tif", "plates/P_A01_s1_w2.tif", "plates/P_B02_s1_w1.tif");
    ArchiveIndex index = disk().read(LAYOUT);
    PlateIndex plate = only(index);
    assertThat(plate.key()).hasToString("P/plates");
    assertThat(plate.channels()).containsExactly("w1", "w2");
    assertThat(absent(plate, Absence.MISSING)).containsExactly("B02 site 1 channel w2");
    assertThat(index.findings().warnings()).singleElement().asString().contains("no HTD is read");
    assertThat(choices(index)).containsExactly("another acquisition", "wells=384");
    assertThat(only(disk().read(LAYOUT, "wells=384")).format()).isEqualTo(PlateFormat.WELLS_384);
  }

  @Test
  void waveNamesAreTheNamesOfChannelsAndTwoOfOneNameStayApart() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES).replace("GFP", "DNA")).files("7/P_A01_w1.TIF", "7/P_A01_w2.TIF", "7/P_A02_w1.TIF", "7/P_A02_w2.TIF");
    PlateIndex plate = only(disk().read(LAYOUT));
    assertThat(plate.channels()).containsExactly("DNA (1)", "DNA (2)");
    assertThat(plate.planes()).hasSize(4);
  }

  @Test
  void aSelectedWellWithoutAnyFileIsAbsent() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w1.TIF", "7/P_A01_w2.TIF");
    assertThat(absent(only(disk().read(LAYOUT)), Absence.MISSING)).containsExactly("A02 site 1 channel DNA", "A02 site 1 channel GFP");
  }

  @Test
  void whatTheHtdDoesNotTellOfIsUnknownUnlessItIsIgnored() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w1.TIF", "7/P_A03_w1.TIF", "7/P_A01_w3.TIF", "7/notes.txt", "7/picture.png");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel DNA");
    assertThat(index.findings().unknown().examples()).containsExactly("7/P_A01_w3.TIF", "7/P_A03_w1.TIF", "7/picture.png");
    assertThat(index.findings().ignored().get("not an image").examples()).containsExactly("7/notes.txt");
    assertThat(choices(index)).contains("htd=ignore");
    assertThat(planes(only(disk().read(LAYOUT, "htd=ignore")))).containsExactly("A01 site 1 channel w1", "A01 site 1 channel w3", "A03 site 1 channel w1");
  }

  @Test
  void sitesOfAGridThatIsTakenInPartAreNumberedAsTheFilesTell() throws IOException {
    disk().text("7/P.HTD", htd("\"TimePoints\", 1", "\"ZSeries\", FALSE", "\"Sites\", TRUE", "\"XSites\", 2", "\"YSites\", 2", "\"SiteSelection1\", TRUE, FALSE",
        "\"SiteSelection2\", FALSE, TRUE", "\"Waves\", FALSE", "\"WaveName1\", \"DNA\"")).files("7/P_A01_s1.TIF", "7/P_A01_s4.TIF", "7/P_A02_s1.TIF");
    assertThat(absent(only(disk().read(LAYOUT)), Absence.MISSING)).containsExactly("A02 site 4 channel DNA");
    Files.delete(root.resolve("7/P_A01_s4.TIF"));
    ArchiveIndex unclear = disk().read(LAYOUT);
    assertThat(absent(only(unclear), Absence.MISSING)).containsExactly("A01 site 2 channel DNA", "A02 site 2 channel DNA");
    assertThat(choices(unclear)).containsExactly("sites=grid");
    assertThat(absent(only(disk().read(LAYOUT, "sites=grid")), Absence.MISSING)).containsExactly("A01 site 4 channel DNA", "A02 site 4 channel DNA");
  }

  @Test
  void anEmptyFileAndANameWithALineEndAreToldAndNotRead() throws IOException {
    disk().text("7/P.HTD", htd(ONE_SITE_TWO_WAVES)).files("7/P_A01_w1.TIF", "7/P\n_A02_w1.TIF").text("7/P_A01_w2.TIF", "");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(only(index).absent()).anySatisfy(plane -> assertThat(plane.reason()).isEqualTo("file 7/P_A01_w2.TIF is empty"));
    assertThat(index.findings().warnings()).containsExactly("refused: 7/P\uFFFD_A02_w1.TIF has a character in its name that nobody sees; give it another name");
  }

  @Test
  void aTruncatedHtdSaysSoAndTheRestIsTakenFromTheFiles() throws IOException {
    String htd = htd(ONE_SITE_TWO_WAVES);
    disk().text("7/P.HTD", htd.substring(0, htd.indexOf("\"Waves\""))).files("7/P_A01_w1.TIF", "7/P_A01_w2.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel w1", "A01 site 1 channel w2");
    assertThat(absent(only(index), Absence.MISSING)).containsExactly("A02 site 1 channel w1", "A02 site 1 channel w2");
    assertThat(index.findings().warnings()).singleElement().asString().startsWith("7/P.HTD ends at line 9 without \"EndFile\"");
  }

  @Test
  void anHtdOfImpossibleNumbersNamesItsLines() throws IOException {
    disk().text("7/P.HTD", htd("\"TimePoints\", 99999999999", "\"Sites\", TRUE", "\"XSites\", 100000", "\"YSites\", 2", "\"Waves\", PERHAPS")).files("7/P_A01_w1.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(planes(only(index))).containsExactly("A01 site 1 channel w1");
    assertThat(index.findings().warnings()).hasSize(3).allMatch(w -> w.matches("7/P.HTD, line (6|8|10): .*"));
  }

  @Test
  void aPromiseOfMillionsIsNotListed() throws IOException {
    disk().text("7/P.HTD", htd("\"TimePoints\", 100000", "\"ZSeries\", TRUE", "\"ZSteps\", 1000", "\"Sites\", FALSE", "\"Waves\", FALSE")).files("7/P_A01.TIF");
    ArchiveIndex index = disk().read(LAYOUT);
    assertThat(only(index).absent()).isEmpty();
    assertThat(index.findings().warnings()).anyMatch(w -> w.contains("more than 5000000 planes"));
  }

  @Test
  void aFolderOfOtherFilesIsNotRecognisedAndCannotBeRead() throws IOException {
    disk().files("a/Image_0001.tif", "a/B02.png", "a/readme.txt").text("a/other.htd", "[settings]");
    assertThat(LAYOUT.recognises(FolderScan.of(root))).isFalse();
    assertThatThrownBy(() -> disk().read(LAYOUT)).isInstanceOf(ArchiveException.class).hasMessageContaining("holds no plate of MetaXpress");
    disk().files("a/P_A01_s1_w1.tif");
    assertThatThrownBy(() -> disk().read(LAYOUT, "projections=maybe")).isInstanceOf(ArchiveException.class).hasMessageContaining("projections=maybe");
  }

  @Test
  void aDamagedHtdGivesFindingsAndNoOtherException() throws IOException {
    byte[] whole = htd(ONE_SITE_TWO_WAVES).getBytes(StandardCharsets.ISO_8859_1);
    disk().files("7/P_A01_w1.TIF", "7/P_A02_w2.TIF");
    Random random = new Random(20240708);
    for (int i = 0; i < 400; i++) {
      byte[] damaged = i % 2 == 0 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(root.resolve("7/P.HTD"), damaged);
      try {
        List<PlateIndex> plates = disk().read(LAYOUT).plates();
        assertThat(plates).isNotEmpty();
      } catch (ArchiveException e) {
        assertThat(e).hasMessageContaining(root.toRealPath().toString());
      }
    }
  }
}
