package io.dcmix.core.archive.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.RealData;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.layout.Archives.Reading;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plates of a folder for commands that read them whole: every layout, one plate or all. */
class ArchivesTest {
  @TempDir Path temp;

  private static ArchiveOptions plate(@Nullable String plate, @Nullable String acquisition) {
    return new ArchiveOptions(plate, acquisition, null, Map.of(), Map.of());
  }

  private static List<String> keys(List<OpenedArchive> plates) {
    return plates.stream().map(plate -> plate.archive().key().toString()).toList();
  }

  /** Two plates of one table, and a map of both. */
  private Path twoPlates() throws IOException {
    Path folder = temp.resolve("screen");
    Folders.images(folder, "a.png", "b.png", "c.png");
    Folders.text(folder, "load_data.csv",
        "FileName_DNA,PathName_DNA,Metadata_Plate,Metadata_Well,Metadata_Site\na.png,.,P1,A01,1\nb.png,.,P1,A02,1\nc.png,.,P2,B03,1\n");
    return folder;
  }

  @Test
  void shouldOpenAllPlatesOfAFolderThatHasALayoutOfItsOwn() throws IOException {
    Path folder = twoPlates();
    List<OpenedArchive> plates = Archives.all(folder, Reading.PLAIN);
    assertThat(keys(plates)).containsExactly("P1/1", "P2/1");
    assertThat(plates.getFirst().archive().planes()).containsExactly(Folders.plane("A01", 1, "DNA"), Folders.plane("A02", 1, "DNA"));
    assertThat(plates.getLast().archive().read(Folders.plane("B03", 1, "DNA")).origin()).isEqualTo("c.png");
    assertThat(plates).allSatisfy(plate -> {
      assertThat(plate.map()).isNull();
      assertThat(plate.warnings()).contains("there is no plate map, so nothing is known of what is in the wells");
    });
  }

  @Test
  void shouldGiveEachPlateItsOwnWellsOfAMap() throws IOException {
    Path folder = twoPlates();
    Path map = Folders.text(temp, "map.csv", "plate,well,role\nP1,A01,negcon\nP2,B03,poscon\n");
    List<OpenedArchive> plates = Archives.all(folder, new Reading(null, null, map, ArchiveOptions.NONE));
    assertThat(plates.getFirst().map().wells()).containsOnlyKeys(WellAddress.parse("A01"));
    assertThat(plates.getFirst().warnings()).contains("1 imaged wells are not on the plate map: [A02]");
    assertThat(plates.getLast().map().wells().get(WellAddress.parse("B03")).role()).isEqualTo(WellRole.POSITIVE_CONTROL);
    assertThat(plates.getLast().warnings()).noneMatch(warning -> warning.contains("plate map"));
  }

  @Test
  void shouldOpenTheOneThatIsChosenAmongSeveralAndElseNameThem() throws IOException {
    Path folder = twoPlates();
    assertThatThrownBy(() -> Archives.one(folder, Reading.PLAIN)).isInstanceOf(ArchiveException.class)
        .hasMessageContainingAll("holds 2 plates", "P1/1", "P2/1", "--plate");
    OpenedArchive second = Archives.one(folder, new Reading(null, null, null, plate("P2", null)));
    assertThat(second.archive().planes()).containsExactly(Folders.plane("B03", 1, "DNA"));
    assertThatThrownBy(() -> Archives.one(folder, new Reading(null, null, null, plate("P3", null)))).hasMessageContainingAll("has no plate P3", "P1", "P2");
  }

  @Test
  void shouldGoByADescriptionBeforeAnyOtherLayoutUnlessOneIsNamed() throws IOException {
    Path folder = twoPlates();
    Folders.images(folder, "A01_DNA.png");
    String text = "pattern = (?<well>[A-H]\\d\\d)_(?<channel>\\w+)\\.png\nplate = ";
    Path description = Folders.text(temp, "my.properties", text + "MINE\n");
    assertThat(keys(Archives.all(folder, Reading.by(description)))).containsExactly("MINE/1");
    Folders.text(folder, "dcmix-archive.properties", text + "ITS-OWN\n");
    assertThat(keys(Archives.all(folder, Reading.PLAIN))).containsExactly("ITS-OWN/1");
    assertThat(keys(Archives.all(folder, new Reading("load_data", null, null, ArchiveOptions.NONE)))).containsExactly("P1/1", "P2/1");
    assertThatThrownBy(() -> Archives.all(folder, new Reading("load_data", description, null, ArchiveOptions.NONE)))
        .hasMessageContainingAll("a description is for the layout pattern, not for load_data");
    assertThatThrownBy(() -> Archives.all(folder, new Reading("kodak", null, null, ArchiveOptions.NONE))).hasMessageContaining("is not known");
  }

  @Test
  void shouldOpenTheRealExportsOfHarmonyAndImageXpress() throws IOException {
    OpenedArchive harmony = Archives.one(RealData.folder("harmony").resolve("phenix_v5_namespace"), Reading.PLAIN);
    assertThat(harmony.archive().channels()).contains("HOECHST 33342");
    assertThat(harmony.archive().planes()).allMatch(plane -> plane.timepoint() == 0 && plane.z() == 0);
    Path runs = RealData.folder("imagexpress");
    assertThat(keys(Archives.all(runs, Reading.PLAIN))).containsExactly("9987/3420", "9987/3434");
    assertThatThrownBy(() -> Archives.one(runs, Reading.PLAIN)).hasMessageContainingAll("9987/3420", "9987/3434", "--acquisition");
    OpenedArchive first = Archives.one(runs, new Reading(null, null, null, plate(null, "3420")));
    assertThat(first.archive().planes()).containsExactly(Folders.plane("B02", 1, "DAPI"));
    assertThat(first.archive().read(first.archive().planes().getFirst()).origin()).contains("9987_B02.TIF");
  }
}
