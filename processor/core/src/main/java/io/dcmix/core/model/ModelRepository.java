package io.dcmix.core.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of models in a folder: every {@code .onnx} file in it and in the folders right below it. Name and version are what the
 * file says of itself; what it is called does not matter. Looking runs nothing: a file is only checked in full when it is loaded.
 *
 * @param folder the folder
 * @param versions what lies there, by name, then version, then file
 * @param problems files that are no models, each with the reason, and names that two different files claim
 */
public record ModelRepository(Path folder, List<Version> versions, List<String> problems) {
  private static final int MAX_FILES = 1000;
  private static final String ENDING = ".onnx";

  public ModelRepository {
    versions = List.copyOf(versions);
    problems = List.copyOf(problems);
  }

  /**
   * A file that is a model by what it says.
   *
   * @param card what it says; {@link ModelCard#sha256()} is that of the file
   */
  public record Version(Path file, ModelCard card) {
    /** {@code name:version}. */
    public String id() {
      return card.name() + ":" + card.version();
    }
  }

  /** The folder holds two different files of the same name and version, or not the version that was asked for. */
  public static final class UnknownVersionException extends Exception {
    private static final long serialVersionUID = 1;

    UnknownVersionException(String message) {
      super(message);
    }
  }

  /**
   * Looks into a folder, reading each file once.
   *
   * @throws IOException if the folder cannot be read, or holds more than 1000 such files
   */
  public static ModelRepository look(Path folder) throws IOException {
    return look(folder, RuntimeOptions.DEFAULT.maxFileBytes());
  }

  static ModelRepository look(Path folder, long maxFileBytes) throws IOException {
    List<Version> versions = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files(folder)) {
      try {
        OnnxMetadata metadata = OnnxMetadata.read(file, maxFileBytes);
        List<String> found = new ArrayList<>();
        ModelCard card = ModelContract.card(metadata.entries(), metadata.sha256(), found);
        if (card == null) {
          problems.add(file + " is no model: " + String.join("; ", found));
        } else {
          versions.add(new Version(file, card));
        }
      } catch (IOException e) {
        problems.add(file + " " + e.getMessage());
      }
    }
    versions.sort(Comparator.comparing((Version v) -> v.card().name()).thenComparing(v -> v.card().version()).thenComparing(Version::file));
    problems.addAll(claims(versions).values());
    return new ModelRepository(folder, versions, problems);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder + " is no folder of models");
    }
    try (Stream<Path> walk = Files.walk(folder, 2)) {
      List<Path> files = walk
          .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(ENDING) && Files.isRegularFile(file))
          .sorted().limit(MAX_FILES + 1L).toList();
      if (files.size() > MAX_FILES) {
        throw new IOException("%s holds more than %d files of models: give each lane a folder of its own, or move old ones away".formatted(folder, MAX_FILES));
      }
      return files;
    }
  }

  /** Names and versions that different files claim, with what is wrong. */
  private static Map<String, String> claims(List<Version> versions) {
    Map<String, List<Version>> byId = versions.stream().collect(Collectors.groupingBy(Version::id, LinkedHashMap::new, Collectors.toList()));
    Map<String, String> claims = new LinkedHashMap<>();
    byId.forEach((id, same) -> {
      if (same.stream().map(v -> v.card().sha256()).distinct().count() > 1) {
        claims.put(id, "Different files say that they are %s: %s; give one of them another version (dcmix train --version) or move it away".formatted(
            id, same.stream().map(v -> v.file().toString()).collect(Collectors.joining(" and "))));
      }
    });
    return claims;
  }

  /** Names that two different files claim, one line each, which names the files; empty if all is well. */
  public List<String> claims() {
    return List.copyOf(claims(versions).values());
  }

  /** The file with this hash; null if there is none. */
  public @Nullable Version withSha256(String sha256) {
    return versions.stream().filter(v -> v.card().sha256().equals(sha256)).findFirst().orElse(null);
  }

  /**
   * The version that somebody names.
   *
   * @param text {@code name:version}, or the version alone where only one model has it; null: the only version that there is
   * @throws UnknownVersionException if that is none or several; names what is there
   */
  public Version named(@Nullable String text) throws UnknownVersionException {
    List<Version> meant = versions.stream().filter(v -> text == null || v.id().equals(text) || v.card().version().equals(text)).toList();
    for (Version version : meant) {
      String claimed = claims(versions).get(version.id());
      if (claimed != null) {
        throw new UnknownVersionException(claimed);
      }
    }
    List<String> ids = meant.stream().map(Version::id).distinct().toList();
    if (ids.size() == 1) {
      return meant.getFirst();
    }
    String there = versions.isEmpty() ? "it holds no model" : "it holds " + versions.stream().map(Version::id).distinct().collect(Collectors.joining(", "));
    throw new UnknownVersionException(text == null || ids.size() > 1
        ? "Which version of %s: %s?".formatted(folder, String.join(", ", ids.isEmpty() ? List.of(there) : ids))
        : "%s has no version %s; %s%s".formatted(folder, text, there, problems.isEmpty() ? "" : ". " + String.join("; ", problems)));
  }
}
