package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurroundingsTest {
  private static final Keys KEYS = Keys.of(Dcmix.commandLine(Surroundings.NONE));
  private final List<String> problems = new ArrayList<>();

  /** Whoever starts us sets variables of their own; one that is missing in the list would stop every command. */
  @ParameterizedTest
  @ValueSource(strings = {"dcmix", "deploy/image/bin/dcmix", "deploy/image/bin/healthcheck", "deploy/compose.yaml", "deploy/.env.example",
      "processor/app/src/main/resources/logback.xml"})
  void shouldKnowTheVariablesOfTheLaunchers(String file) throws IOException {
    Map<String, String> environment = new HashMap<>();
    Pattern.compile("\\bDCMIX_[A-Z_]+").matcher(Files.readString(Path.of("../..").resolve(file))).results().forEach(found -> environment.put(found.group(), "x"));
    new Surroundings(environment, Map.of()).check(KEYS, problems::add);
    assertThat(problems).isEmpty();
  }

  @Test
  void shouldMindOnlyWhatBeginsWithItsName() {
    new Surroundings(Map.of("PATH", "x", "DCMIXER", "x", "KAFKA_HOME", "x"), Map.of("java.home", "x", "dcmixer", "x")).check(KEYS, problems::add);
    assertThat(problems).isEmpty();
  }

  @Test
  void shouldNameWhatNobodyKnows() {
    new Surroundings(Map.of("DCMIX_SERVICE_HOST", "10.0.0.1"), Map.of("dcmix.lnae", "x")).check(KEYS, problems::add);
    assertThat(problems).hasSize(2).anySatisfy(problem -> assertThat(problem).contains("DCMIX_SERVICE_HOST"))
        .anySatisfy(problem -> assertThat(problem).contains("-Ddcmix.lnae", "did you mean dcmix.lane?"));
  }
}
