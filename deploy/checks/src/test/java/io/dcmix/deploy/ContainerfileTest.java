package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be seen of an image without building it. */
class ContainerfileTest {
  @ParameterizedTest
  @ValueSource(strings = {"Containerfile", "Containerfile.cuda"})
  void shouldBuildOnPinnedImagesForTheJavaOfTheProject(String name) {
    List<String> bases = instructions(name, "FROM").toList();
    assertThat(bases).allSatisfy(base -> assertThat(base).matches("[a-z/-]+:\\d+\\.\\d+[\\w.-]*( AS \\w+)?"));
    assertThat(bases).anySatisfy(base -> assertThat(base).contains("maven:").contains("temurin-25"));
    assertThat(bases).anySatisfy(base -> assertThat(base).startsWith("eclipse-temurin:25."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Containerfile", "Containerfile.cuda"})
  void shouldRunAsNobodyInParticularWithItsStateInAVolume(String name) {
    assertThat(instructions(name, "USER")).containsExactly("10001:10001");
    assertThat(instructions(name, "VOLUME")).containsExactly("/var/lib/dcmix");
    assertThat(instructions(name, "RUN")).anySatisfy(run -> assertThat(run).contains("-o 10001 -g 10001 /var/lib/dcmix"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Containerfile", "Containerfile.cuda"})
  void shouldCopyAndStartWhatThereIs(String name) {
    assertThat(instructions(name, "COPY").filter(copy -> !copy.startsWith("--from") && !copy.startsWith(". ")))
        .allSatisfy(copy -> assertThat(DeployFiles.ROOT.resolve(copy.replaceFirst("^--\\S+ ", "").replaceFirst(" .*", ""))).exists())
        .isNotEmpty();
    assertThat(Stream.concat(instructions(name, "ENTRYPOINT"), instructions(name, "HEALTHCHECK"))).hasSize(2).allSatisfy(start -> {
      Matcher command = Pattern.compile("\"/opt/dcmix/bin/(\\w+)\"").matcher(start);
      assertThat(command.find()).isTrue();
      assertThat(Files.isExecutable(DeployFiles.DEPLOY.resolve("image/bin/" + command.group(1)))).isTrue();
    });
    assertThat(instructions(name, "RUN").findFirst().orElseThrow()).contains("-pl deploy/image -am").contains(name.endsWith("cuda") ? "-Pgpu" : "mvn -B -q -pl");
  }

  private static Stream<String> instructions(String file, String instruction) {
    return DeployFiles.text(DeployFiles.DEPLOY.resolve(file)).replace("\\\n", " ").lines()
        .filter(line -> line.startsWith(instruction + " ")).map(line -> line.substring(instruction.length() + 1));
  }
}
