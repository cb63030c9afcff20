package io.dcmix.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart, rendered by Helm itself (helm-java has it as a native library). */
final class Chart {
  static final Path SOURCE = DeployFiles.DEPLOY.resolve("helm/dcmix");

  private final Path copy;
  private final Path values;

  /** A copy below {@code folder}: links followed, as {@code helm package} does, and without the demand on the cluster's version, for this Helm claims 1.20. */
  Chart(Path folder) throws IOException {
    copy = folder.resolve("dcmix");
    values = folder.resolve("values-of-the-test.yaml");
    try (Stream<Path> files = Files.walk(SOURCE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(SOURCE.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(target, Files.readString(file).replaceAll("(?m)^kubeVersion:.*\n", ""));
      }
    }
  }

  List<String> lint() {
    return new Helm(copy).lint().strict().call().getMessages();
  }

  /** @throws IllegalStateException with Helm's words if it refuses */
  List<JsonNode> render(String yaml) throws IOException {
    Files.writeString(values, yaml);
    return DeployFiles.documents(new Helm(copy).template().withName("live").withValuesFile(values).call());
  }
}
