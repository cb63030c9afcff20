package io.dcmix.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** A YAML file of keys as it stands there: texts, lists of texts, and tables, each with its place. Knows no option. */
final class ConfigFile {
  private static final int MAX_BYTES = 256 << 10;
  private static final int MAX_DEPTH = 4;
  private static final String QUOTES = "put a value that begins with *, & or ! in quotes";

  /** What stands behind a key. */
  sealed interface Value {
    /** {@code file:line}. */
    String place();
  }

  /** A single value, as it was written: {@code 20ms}, {@code 8}, {@code true}. */
  record Text(String text, String place) implements Value {
    /** The place only: the text may be a secret. */
    @Override
    public String toString() {
      return place;
    }
  }

  record Many(List<Text> items, String place) implements Value {}

  record Table(Map<String, Value> entries, String place) implements Value {}

  private final String name;
  private final Consumer<String> problems;

  private ConfigFile(String name, Consumer<String> problems) {
    this.name = name;
    this.problems = problems;
  }

  /**
   * Reads a file.
   *
   * @param problems is told what cannot be understood, with its line; the rest of the file is returned all the same
   */
  static Table read(Path file, Consumer<String> problems) {
    return new ConfigFile(String.valueOf(file.getFileName()), problems).table(file);
  }

  private Table table(Path file) {
    Table empty = new Table(Map.of(), name);
    try {
      Node root = new Yaml(options()).compose(new StringReader(text(file)));
      if (root == null) {
        return empty;
      }
      if (root instanceof MappingNode map) {
        return table(map, 1);
      }
      problems.accept("%s: keys and values are expected, as in 'lane: screening'".formatted(place(root)));
    } catch (NoSuchFileException e) {
      problems.accept("--config: there is no file " + file);
    } catch (CharacterCodingException e) {
      problems.accept("--config: %s is not UTF-8".formatted(file));
    } catch (IOException e) {
      problems.accept("--config: %s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (MarkedYAMLException e) {
      // Neither the whole message nor a name in it: they quote the line, which may hold a password.
      problems.accept("%s%s: no YAML: %s".formatted(name, e.getProblemMark() == null ? "" : ":" + (e.getProblemMark().getLine() + 1),
          String.valueOf(e.getProblem()).replaceFirst("^(found undefined (alias|tag handle)).*", "$1; " + QUOTES)));
    } catch (YAMLException e) {
      problems.accept("%s: no YAML that is read here: %s".formatted(name, e.getMessage()));
    }
    return empty;
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setNestingDepthLimit(MAX_DEPTH + 1);
    options.setMaxAliasesForCollections(10);
    options.setAllowRecursiveKeys(false);
    return options;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("more than %,d bytes are no configuration".formatted(MAX_BYTES));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private Table table(MappingNode map, int depth) {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.accept(place(tuple.getKeyNode()) + ": a key is a single word");
        continue;
      }
      Value value = value(key.getValue(), tuple.getValueNode(), depth);
      if (value != null) {
        Value first = entries.putIfAbsent(key.getValue(), value);
        if (first != null) {
          problems.accept("%s: %s stands at %s already".formatted(place(key), key.getValue(), first.place()));
        }
      }
    }
    return new Table(entries, place(map));
  }

  private @Nullable Value value(String key, Node node, int depth) {
    if (!node.getTag().startsWith(Tag.PREFIX)) {
      problems.accept("%s: %s is none that is read here; %s".formatted(place(node), key, QUOTES));
      return null;
    }
    switch (node) {
      case MappingNode map when depth < MAX_DEPTH - 1 -> {
        return table(map, depth + 1);
      }
      case SequenceNode list -> {
        List<Text> items = new ArrayList<>();
        for (Node item : list.getValue()) {
          if (item instanceof ScalarNode scalar && !Tag.NULL.equals(scalar.getTag())) {
            items.add(new Text(scalar.getValue(), place(item)));
          } else {
            problems.accept("%s: %s is a list of single values".formatted(place(item), key));
          }
        }
        return new Many(items, place(node));
      }
      case ScalarNode scalar when !Tag.NULL.equals(scalar.getTag()) -> {
        return new Text(scalar.getValue(), place(node));
      }
      case ScalarNode _ -> problems.accept("%s: %s has no value; leave it out for its default".formatted(place(node), key));
      default -> problems.accept("%s: %s is nested too deeply".formatted(place(node), key));
    }
    return null;
  }

  private String place(Node node) {
    return name + ":" + (node.getStartMark().getLine() + 1);
  }
}
