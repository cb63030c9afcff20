package io.dcmix.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The files under test, read as the tools read them. */
final class DeployFiles {
  /** Root of the repository: tests run in deploy/checks. */
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  static final Path DEPLOY = ROOT.resolve("deploy");

  private static final ObjectMapper JSON = new ObjectMapper();

  private DeployFiles() {}

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A YAML file of one document; a key that stands twice is refused. */
  static JsonNode yaml(Path file) {
    return documents(text(file)).getFirst();
  }

  /** The documents of a YAML text that are not empty. */
  static List<JsonNode> documents(String text) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return StreamSupport.stream(new Yaml(strict).loadAll(text).spliterator(), false)
        .<JsonNode>map(JSON::valueToTree)
        .filter(document -> !document.isNull())
        .toList();
  }

  /** The elements of an array as texts. */
  static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }
}
