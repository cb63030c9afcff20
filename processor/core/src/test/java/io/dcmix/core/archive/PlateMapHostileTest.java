package io.dcmix.core.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that no one meant as a plate map, or that someone made to do harm. */
@Timeout(60)
class PlateMapHostileTest {
  @TempDir Path folder;

  @Test
  void shouldRefuseAMillionRows() throws IOException {
    Path file = folder.resolve("map.csv");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write("well,role\n".getBytes(StandardCharsets.UTF_8));
      byte[] line = "A01,trt\n".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 1_000_000; i++) {
        out.write(line);
      }
    }
    assertThatThrownBy(() -> read(file)).hasMessageContaining("has more than 200000 rows; split it by plate");
  }

  @Test
  void shouldRefuseAFileThatUnpacksToMoreThanItsLimit() throws IOException {
    Path file = folder.resolve("map.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      byte[] nothing = new byte[1 << 20];
      for (int i = 0; i <= 64; i++) {
        out.write(nothing);
      }
    }
    assertThat(Files.size(file)).isLessThan(1 << 20);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("has more than 64 MiB unpacked");
    byte[] bytes = Files.readAllBytes(file);
    assertThatThrownBy(() -> read(Files.write(file, java.util.Arrays.copyOf(bytes, 100)))).hasMessageContaining("is a damaged gzip file");
  }

  @Test
  void shouldRefuseHugeCellsAndEndlessHeaders() throws IOException {
    assertThatThrownBy(() -> read("well,role\nA01," + "x".repeat(30_000) + "\n")).hasMessageContaining("line 2: a cell has more than 20000 characters");
    assertThatThrownBy(() -> read("well" + ",x".repeat(2_000) + "\n")).hasMessageContaining("line 1: has more than 1000 columns");
    assertThat(problems("well,compound\nA01," + "x".repeat(600) + "\nA02,y\n")).startsWith("line 2: the treatment 'xxx").endsWith("has 600 characters; the limit is 500");
  }

  @Test
  void shouldNotPassOnWhatATerminalWouldObey() throws IOException {
    assertThat(problems("well,compound\nA01,\u001b[2Jgone\nA02,y\n")).isEqualTo("line 2: the treatment '\uFFFD[2Jgone' has a line break or another control character");
    assertThat(problems("well,role\n\u001b[2J,trt\nA02,trt\n")).doesNotContain("\u001b");
    assertThat(problems("well,compound\nA01,\"a\nb\"\nA02,y\n")).startsWith("line 2: ").contains("line break");
    assertThat(problems("plate,well\n,A01\nP,A02\n")).isEqualTo("line 2: names no plate");
  }

  @Test
  void shouldRefuseWhatIsNoText() throws IOException {
    assertThatThrownBy(() -> read("well,role\nA01,\0\n")).hasMessageContaining("line 2: has a NUL character");
    assertThatThrownBy(() -> read(Files.write(folder.resolve("x.xlsx"), new byte[] {'P', 'K', 3, 4, 0, 0}))).hasMessageContaining("is a spreadsheet, not text");
    assertThatThrownBy(() -> read(folder)).hasMessageContaining("is not a file");
    assertThatThrownBy(() -> read(folder.resolve("none"))).hasMessageContaining("there is nothing of that name");
    assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> read("\n\n , ,\n")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> read("[Data]\n")).hasMessageContaining("is empty");
  }

  @Test
  void shouldRefuseAHeaderThatSaysNothingOrTheSameTwice() throws IOException {
    assertThat(problems("well,role\n")).isEqualTo("describes no well");
    assertThat(problems("well,role,role\nA01,neg,pos\n")).isEqualTo("has two columns 'role'; rename one of them");
    assertThat(problems("x,y\n1,2\n")).startsWith("has no column with the well").contains("[x, y]");
    assertThat(read("well,site,site\nA01,1,2\n").problems()).as("columns that nobody reads may be twice").isEmpty();
  }

  @Test
  void shouldTakeNeitherOfTwoLinesThatContradictEachOther() throws IOException {
    PlateMapFile file = read("well,role\nA01,neg\nA02,neg\nA01,pos\nA01,neg\n");
    assertThat(file.problems()).containsExactly("line 4: says otherwise of well A01 than line 2");
    assertThat(file.maps().get("").wells()).containsOnlyKeys(WellAddress.parse("A02"));
  }

  @Test
  void shouldRefuseWellsOutsideOfThePlateAndNeverShiftThem() throws IOException {
    Path map = write("well,role\nA01,neg\nI01,pos\nA13,pos\nAG01,pos\nA00,pos\nA,pos\n1A,pos\n,pos\n");
    PlateMapFile file = PlateMaps.readAll(map, PlateMapColumns.AUTOMATIC, PlateFormat.WELLS_96, null);
    assertThat(file.problems()).hasSize(7).anyMatch("line 3: well I01 is not on a plate of 96 wells"::equals)
        .anyMatch("line 4: well A13 is not on a plate of 96 wells"::equals).anyMatch(p -> p.startsWith("line 5: 'AG01' is beyond AF48"));
    assertThat(file.maps().get("").wells()).containsOnlyKeys(WellAddress.parse("A01"));
    assertThat(problems("row,column\n0,1\n1,1\n")).startsWith("line 2: ");
    assertThat(problems("row,column\n1,99999999999\n1,1\n")).isEqualTo("line 2: '99999999999' is not a column number");
  }

  private String problems(String text) throws IOException {
    PlateMapFile file = read(text);
    assertThat(file.problems()).hasSize(1);
    return file.problems().getFirst();
  }

  private PlateMapFile read(String text) throws IOException {
    return read(write(text));
  }

  private static PlateMapFile read(Path file) throws IOException {
    return PlateMaps.readAll(file, PlateMapColumns.AUTOMATIC, null, null);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("map.csv"), text);
  }
}
