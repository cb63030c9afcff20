package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.screening.HitRules;
import io.dcmix.core.screening.HitRulesFile;
import io.dcmix.core.wells.FocalPolicy;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.streams.GroupProtocol;

/** What several commands read from their options, with the option's name in the message. */
public final class Options {
  private static final long MAX_RULES_BYTES = 64 << 10;

  private Options() {}

  /** The topics of {@code --lane}. */
  public static Topics lane(String text) {
    return lane("--lane", text);
  }

  /**
   * The topics of an option that names a lane.
   *
   * @throws CliException if it is no lane's name
   */
  public static Topics lane(String option, String text) {
    try {
      return new Topics(text);
    } catch (IllegalArgumentException e) {
      throw new CliException(option + ": " + e.getMessage(), e);
    }
  }

  /**
   * The policy of {@code --explain}.
   *
   * @throws CliException if it is none
   */
  public static ExplainPolicy explain(String text) {
    try {
      return ExplainPolicy.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException("--explain: " + e.getMessage(), e);
    }
  }

  /**
   * The rules of {@code --hit-rules}: a preset's name, or a file.
   *
   * @throws CliException if it is neither, or the file has problems; names each
   */
  public static HitRules hitRules(String text) {
    Optional<HitRules> preset = HitRules.preset(text);
    if (preset.isPresent()) {
      return preset.get();
    }
    Path file = Path.of(text);
    String presets = HitRules.PRESETS.stream().map(HitRules::name).collect(Collectors.joining(", "));
    try {
      if (!Files.isRegularFile(file)) {
        throw new CliException("--hit-rules: '%s' is neither a preset (%s) nor a file".formatted(text, presets));
      }
      if (Files.size(file) > MAX_RULES_BYTES) {
        throw new CliException("--hit-rules: %s has more than %,d bytes, which are no hit rules".formatted(text, MAX_RULES_BYTES));
      }
      return HitRulesFile.parse(String.valueOf(file.getFileName()), Files.readString(file));
    } catch (IOException e) {
      throw new CliException("--hit-rules: cannot read %s: %s".formatted(text, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new CliException("--hit-rules: " + e.getMessage(), e);
    }
  }

  /**
   * The policy of {@code --z}.
   *
   * @throws CliException if it is none
   */
  public static FocalPolicy focal(String text) {
    try {
      return FocalPolicy.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException("--z: " + e.getMessage(), e);
    }
  }

  /**
   * The protocol of {@code --group-protocol}.
   *
   * @throws CliException if it is none
   */
  static GroupProtocol groupProtocol(String text) {
    return switch (text) {
      case "classic" -> GroupProtocol.CLASSIC;
      case "streams" -> GroupProtocol.STREAMS;
      default -> throw new CliException("--group-protocol: '" + text + "' is neither classic nor streams");
    };
  }

  /**
   * The policy of {@code --device}.
   *
   * @throws CliException if it is no device
   */
  public static DevicePolicy device(String text) {
    try {
      return DevicePolicy.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException("--device: " + e.getMessage(), e);
    }
  }

  /**
   * The folders of an option that may be given several times.
   *
   * @throws CliException if one of them is none
   */
  public static List<Path> folders(String option, List<Path> paths) {
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        throw new CliException(option + ": " + path + " is no folder");
      }
    }
    return List.copyOf(paths);
  }
}
