package io.dcmix.app.platemap;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

@Timeout(60)
class PlateMapCommandTest {
  private static final String GOOD = "well,role,compound\nA01,neg,DMSO\nA02,pos,Taxol\nB03,trt,X\n";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  @Test
  void shouldSayWhatItWouldPublish() throws IOException {
    String map = file("map.csv", GOOD);
    assertThat(run("plate-map", "import", map, "--plate", "P/1", "--plate", "P2", "--format", "384", "--dry-run")).isZero();
    assertThat(out.toString().lines()).hasSize(4)
        .anySatisfy(line -> assertThat(line).matches(" *plate +wells +negative +positive +sample +empty +unknown"))
        .anySatisfy(line -> assertThat(line).matches(" *P/1 +3/384 +1 +1 +1 +0 +0"))
        .anySatisfy(line -> assertThat(line).matches(" *P2 +3/384 +1 +1 +1 +0 +0"))
        .last().asString().contains("Nothing is published");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldNameEveryBadLineAndPublishNothingOfTheFileUnlessToldSo() throws IOException {
    String map = file("map.csv", GOOD + "B04,what,X\nQQ1,trt,Y\n");
    assertThat(run("plate-map", "import", map, "--plate", "P1", "--dry-run")).isEqualTo(1);
    assertThat(err.toString()).contains("2 problems:", "map.csv: line 5: 'what' is no role that is known", "--roles", "map.csv: line 6: 'QQ1' is",
        "Nothing is published. Mend the file, or publish the rest of it with --skip-bad-rows.");
    assertThat(run("plate-map", "import", map, "--plate", "P1", "--dry-run", "--skip-bad-rows")).isZero();
    assertThat(err.toString()).contains("2 problems:", "line 5").doesNotContain("Mend");
    assertThat(out.toString()).containsPattern("P1 +3/6 ");
  }

  @Test
  void shouldNotFloodTheScreen() throws IOException {
    StringBuilder text = new StringBuilder("well,role\n");
    for (int i = 0; i < 500; i++) {
      text.append("nowhere,trt\n");
    }
    assertThat(run("plate-map", "import", file("map.csv", text.toString()), "--plate", "P1", "--dry-run")).isEqualTo(1);
    assertThat(err.toString()).contains("500 problems:", "map.csv: line 2: ", "map.csv: line 21: ", "and 480 more", "no plate could be read")
        .doesNotContain("line 22:");
    assertThat(out.toString()).as("a table of no plates").isEmpty();
  }

  @Test
  void shouldWarnOfPlatesWithoutControls() throws IOException {
    String map = file("map.csv", "well,compound\nA01,DMSO\nA02,X\n");
    assertThat(run("plate-map", "import", map, "--plate", "P1", "--dry-run")).isZero();
    assertThat(err.toString()).contains("P1 has no negative controls", "P1 has no positive controls", "--controls");
    assertThat(run("plate-map", "import", map, "--plate", "P1", "--dry-run", "--controls", "DMSO=negative,X=positive")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldReadRolesThatBeginWithADash() throws IOException {
    String map = file("map.csv", "Row,Column,SBS_Controls\nA,1,-1\nA,2,1\nA,3,0\n");
    assertThat(run("plate-map", "import", map, "--plate", "P1", "--dry-run", "--roles", "-1=negative,1=positive,0=sample")).isZero();
    assertThat(out.toString()).containsPattern("P1 +3/6 +1 +1 +1 +0 +0");
  }

  @Test
  void shouldDrawThePlateAsTheMicroscopeSeesIt() throws IOException {
    String map = file("map.csv", "well,role\nA01,neg\nA02,pos\nB01,trt\nB03,empty\n");
    assertThat(run("plate-map", "show", map)).isZero();
    assertThat(out.toString()).startsWith("""
        map.csv
            1   3
         A  N P .
         B  S . E
        """);
    assertThat(run("plate-map", "show", map, "--plate", "P1", "--orientation", "rotated-180")).isZero();
    assertThat(out.toString()).startsWith("""
        P1
            1   3
         A  E . S
         B  . P N
        """).contains("rotated by 180°");
    assertThat(run("plate-map", "show", file("bad.csv", "x\n1\n"))).isEqualTo(1);
  }

  @Test
  void shouldRefuseWrongUsage() throws IOException {
    String map = file("map.csv", GOOD);
    assertThat(run("plate-map")).isEqualTo(2);
    assertThat(run("plate-map", "import")).isEqualTo(2);
    assertThat(run("plate-map", "import", map, "--plate", "P1")).isEqualTo(2);
    assertThat(err.toString()).contains("--bootstrap-servers", "--dry-run");
    assertThat(run("plate-map", "remove", "P1")).isEqualTo(2);
    assertThat(run("plate-map", "import", map, "--dry-run", "--format", "100")).isEqualTo(2);
    assertThat(err.toString()).contains("--format: 100 must be one of [6, 12, 24, 48, 96, 384, 1536]");
    assertThat(run("plate-map", "import", map, "--dry-run", "--orientation", "sideways")).isEqualTo(2);
    assertThat(run("plate-map", "import", map, "--dry-run", "--columns", "rolle=x")).isEqualTo(2);
    assertThat(err.toString()).contains("--columns: 'rolle' is unknown");
    assertThat(run("plate-map", "import", map, "--dry-run")).as("a file that names no plate").isEqualTo(1);
    assertThat(err.toString()).contains("name it with --plate");
  }

  @Test
  void shouldTeachWithExamples() {
    assertThat(run("plate-map", "--help")).isZero();
    assertThat(out.toString()).contains("import", "show", "remove", "Examples:", "docs/plate-maps.md");
    assertThat(run("plate-map", "import", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: dcmix plate-map import", "--skip-bad-rows", "RxRx");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }
}
