package io.dcmix.app.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.layout.ArchiveLayouts;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

@Timeout(60)
class InspectCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  private int inspect(String... more) {
    List<String> args = new ArrayList<>(List.of("archive", "inspect", folder.toString()));
    args.addAll(Arrays.asList(more));
    return run(args.toArray(String[]::new));
  }

  /** An image of DNA and one of GFP for each of the files. */
  private void companion(String... files) throws IOException {
    StringBuilder wells = new StringBuilder();
    StringBuilder images = new StringBuilder();
    for (int i = 0; i < files.length; i++) {
      wells.append("<Well Row='1' Column='%d'><WellSample ID='s%d' Index='%d'><ImageRef ID='i%d'/></WellSample></Well>".formatted(i, i, i, i));
      images.append("<Image ID='i%d'><AcquisitionDate>2021-03-04T05:06:0%d</AcquisitionDate><Pixels SizeC='1' SizeZ='1' SizeT='1'><Channel Name='DNA'/>".formatted(i, i))
          .append("<TiffData IFD='0'><UUID FileName='").append(files[i]).append("'>u</UUID></TiffData></Pixels></Image>");
    }
    Files.writeString(folder.resolve("x.companion.ome"), "<OME><Instrument ID='m'><Microscope Model='Scope 3'/></Instrument><Plate ID='p' Name='P7' Rows='8' Columns='12'>"
        + wells + "</Plate>" + images + "</OME>");
  }

  private Path tiff(String name, int width, int type) throws IOException {
    Path file = folder.resolve(name);
    ImageIO.write(new BufferedImage(width, 4, type), "tif", file.toFile());
    return file;
  }

  @Test
  void shouldSayWhatACarefulPersonWantsToKnow() throws IOException {
    companion("a.tif", "b.tif");
    tiff("a.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    tiff("b.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    tiff("stray.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    Files.writeString(folder.resolve("notes.txt"), "x");
    assertThat(inspect()).as(err.toString()).isZero();
    assertThat(out.toString().lines()).anySatisfy(l -> assertThat(l).contains("5 files", "read as ome-tiff"))
        .contains("Plate P7, acquisition 1", "  instrument    Scope 3", "  wells         2 of 96, from B01 to B02", "  sites         1",
            "  timepoints    1", "  focal planes  1", "  planes        2", "  channels      DNA  5 x 4, 16 bits  2 planes",
            "  acquired      2021-03-04T05:06:00 to 2021-03-04T05:06:01, local, zone unknown: say where the clock hangs with --zone",
            "On disk, and not in the index: 1", "  stray.tif", "Ignored, not an image: 1", "  notes.txt");
    assertThat(inspect("--zone", "+02:00")).isZero();
    assertThat(out.toString()).contains("acquired      2021-03-04T03:06:00Z to 2021-03-04T03:06:01Z").doesNotContain("zone unknown");
  }

  @Test
  void shouldEndWith3WherePlanesAreMissing() throws IOException {
    companion("a.tif", "gone.tif");
    tiff("a.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    assertThat(inspect()).isEqualTo(3);
    assertThat(out.toString()).contains("planes in the index and not on disk: 1", "B02 site 1 channel DNA: file gone.tif is missing");
  }

  @Test
  void shouldFindFilesThatAreTruncatedEmptyOrOfAnotherKindOnlyWhenAskedToCheckAll() throws IOException {
    companion("a.tif", "b.tif", "empty.tif", "cut.tif", "wide.tif", "rgb.tif");
    tiff("a.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    tiff("b.tif", 5, BufferedImage.TYPE_USHORT_GRAY);
    Files.write(folder.resolve("empty.tif"), new byte[0]);
    byte[] whole = Files.readAllBytes(tiff("cut.tif", 5, BufferedImage.TYPE_USHORT_GRAY));
    Files.write(folder.resolve("cut.tif"), Arrays.copyOf(whole, whole.length / 2));
    tiff("wide.tif", 6, BufferedImage.TYPE_USHORT_GRAY);
    tiff("rgb.tif", 5, BufferedImage.TYPE_INT_RGB);
    assertThat(inspect()).isZero();
    assertThat(out.toString()).contains("--check reads all");
    assertThat(inspect("--check")).isEqualTo(3);
    assertThat(out.toString()).contains("planes that cannot be read: 3", "empty.tif", "it is empty", "cut.tif", "truncated", "rgb.tif", "3 samples",
        "planes unlike the others of their channel: 1", "B05 site 1 channel DNA: 6 x 4, 16 bits").doesNotContain("--check reads all");
  }

  @Test
  void shouldPrintTheSameAsJson() throws IOException {
    companion("a.tif", "gone.tif");
    tiff("a.tif", 5, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(inspect("--json", "--channel", "DNA=Hoechst", "--plate", "Other", "--acquisition", "run2")).isEqualTo(3);
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("layout").asText()).isEqualTo("ome-tiff");
    assertThat(json.path("complete").asBoolean()).isFalse();
    JsonNode plate = json.path("plates").path(0);
    assertThat(plate.path("plate").asText()).isEqualTo("Other");
    assertThat(plate.path("acquisition").asText()).isEqualTo("run2");
    assertThat(plate.path("format").asInt()).isEqualTo(96);
    assertThat(plate.path("wells")).hasSize(2);
    assertThat(plate.path("channels").path(0).toString()).isEqualTo("{\"name\":\"Hoechst\",\"planes\":1,\"width\":5,\"height\":4,\"pixelType\":\"UINT8\"}");
    assertThat(plate.path("absent").path("MISSING").path("count").asInt()).isEqualTo(1);
    assertThat(plate.path("acquired").path("firstLocal").asText()).isEqualTo("2021-03-04T05:06:00");
  }

  @Test
  void shouldListTheLayoutsWhereNoneFits() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "x");
    assertThat(inspect()).isEqualTo(1);
    ArchiveLayouts.all().forEach(layout -> assertThat(err.toString()).contains(layout.name(), layout.description()));
    assertThat(err.toString()).contains("--layout NAME");
    assertThat(inspect("--layout", "nonsense")).isEqualTo(1);
    assertThat(err.toString()).contains("nonsense", "ome-tiff");
    assertThat(run("archive", "inspect", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("is not a folder");
    assertThat(inspect("--zone", "Nowhere/Land")).isEqualTo(2);
    assertThat(err.toString()).contains("--zone: 'Nowhere/Land'");
  }

  @Test
  void shouldRefuseAnotherNameForAChannelThatIsNotThere() throws IOException {
    companion("a.tif");
    tiff("a.tif", 5, BufferedImage.TYPE_BYTE_GRAY);
    assertThat(inspect("--channel", "DAN=Hoechst")).isEqualTo(1);
    assertThat(err.toString()).contains("--channel DAN=Hoechst: the archive has no channel 'DAN'; there are [DNA]");
  }

  @Test
  void shouldReadFileNamesByADescription() throws IOException {
    tiff("A01_DNA.tif", 5, BufferedImage.TYPE_BYTE_GRAY);
    tiff("B02_DNA.tif", 5, BufferedImage.TYPE_BYTE_GRAY);
    Path spec = Files.createTempFile("dcmix", ".properties");
    try {
      Files.writeString(spec, "pattern = (?<well>[A-H]\\d\\d)_(?<channel>[A-Z]+)\\.tif\nplate = P1\n");
      assertThat(inspect("--spec", spec.toString())).as(err.toString()).isZero();
      assertThat(out.toString()).contains("read as pattern", "Plate P1, acquisition 1", "2 of 6, from A01 to B02");
      assertThat(inspect("--spec", spec.toString(), "--layout", "harmony")).isEqualTo(2);
      assertThat(err.toString()).contains("--spec is for the layout pattern");
    } finally {
      Files.delete(spec);
    }
    assertThat(inspect("--spec", spec.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("there is no file");
  }

  @Test
  void shouldTellOfARealExportWhatIsThereAndWhatIsNot() throws IOException {
    Path real = Path.of("").toAbsolutePath();
    while (real.getParent() != null && !Files.isDirectory(real.resolve("shared/data/harmony"))) {
      real = real.getParent();
    }
    real = real.resolve("shared/data/harmony");
    assumeTrue(Files.isDirectory(real), "Real data are absent: no folder shared/data/harmony above " + Path.of("").toAbsolutePath());
    folder = real.resolve("phenix_v5_namespace");
    assertThat(inspect("--check")).as(err.toString()).isIn(0, 3);
    assertThat(out.toString()).contains("read as harmony", "1080 x 1080, 16 bits");
    folder = real.resolve("phenix_v7_index_only");
    assertThat(inspect()).isEqualTo(3);
    assertThat(out.toString()).contains("planes in the index and not on disk");
  }

  /** A layout of whatever lies in the folder. */
  private record Fake(String name, Findings findings) implements ArchiveLayout {
    @Override
    public String description() {
      return "made up";
    }

    @Override
    public boolean recognises(FolderScan folder) {
      return true;
    }

    @Override
    public ArchiveIndex read(FolderScan folder, ArchiveOptions options) {
      WellAddress well = new WellAddress(0, 0);
      PlaneId id = new PlaneId(well, 3, "DNA\u001b[31m", 0, 0);
      IndexedPlane plane = new IndexedPlane(id, new PlaneLocation.WholeFile(folder.files().getFirst()), Instant.EPOCH, null);
      AbsentPlane blurred = new AbsentPlane(new PlaneId(well, 1, "DNA\u001b[31m", 0, 0), "AF Error", Absence.FOCUS_FAILURE);
      AbsentPlane never = new AbsentPlane(new PlaneId(well, 2, "DNA\u001b[31m", 0, 0), "not in the protocol", Absence.NOT_ACQUIRED);
      findings.choice("two readings", "a=b");
      findings.warning("line\u001b[2J two");
      findings.ignored("thumbnail", "t.tif");
      return new ArchiveIndex(name, List.of(
          new PlateIndex(new PlateKey("A", "1"), PlateFormat.WELLS_6, null, List.of("DNA\u001b[31m"), List.of(plane), List.of(blurred, never), null),
          new PlateIndex(new PlateKey("B", "1"), PlateFormat.WELLS_6, null, List.of("DNA\u001b[31m"), List.of(plane), List.of(never), null)), findings);
    }
  }

  @Test
  void shouldSayWhichOfSeveralLayoutsItTakesAndTellFocusFailuresAndShowNoCharacterThatATerminalObeys() throws IOException {
    ImageIO.write(new BufferedImage(5, 4, BufferedImage.TYPE_BYTE_GRAY), "png", folder.resolve("a.png").toFile());
    FoundArchive found = FoundArchive.open(
        FolderScan.of(folder), List.of(new Fake("one", new Findings()), new Fake("two", new Findings())), ArchiveOptions.NONE);
    Inspection inspection = Inspection.of(found, true);
    String text = InspectionText.of(inspection);
    assertThat(text).contains("read as one (made up)", "It looks like two, too; choose with --layout NAME.", "sites         1–3",
        "planes lost to a failure of the autofocus: 1", "A01 site 1 channel DNA", "planes not to be acquired: 1",
        "Ignored, thumbnail: 1", "Two readings are possible:", "otherwise: --choice a=b", "acquired      1970-01-01T00:00:00Z").doesNotContain("\u001b");
    assertThat(inspection.complete()).isFalse();
    assertThat(inspection.plates().getLast().complete()).as("what was never to be acquired lacks nowhere").isTrue();
    assertThat(new ObjectMapper().readTree(InspectionJson.of(inspection)).path("plates").path(0).path("absent").path("FOCUS_FAILURE").path("count").asInt())
        .isEqualTo(1);
  }
}
