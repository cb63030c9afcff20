package io.dcmix.training.data;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.event.WellRole;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the model learns to tell apart.
 *
 * @param classes names, in the order of the logits
 * @param hitClass one of them
 * @param classOf 0-based class of a well's content, or -1 for a well that is not learnt from
 */
public record Labels(List<String> classes, String hitClass, ToIntFunction<PlateMap.Content> classOf) {
  public Labels {
    classes = List.copyOf(classes);
  }

  /** Negative controls are class 0; positive ones class 1, the hit class. */
  public static Labels controls() {
    return new Labels(List.of("negative", "positive"), "positive", content -> switch (content.role()) {
      case NEGATIVE_CONTROL -> 0;
      case POSITIVE_CONTROL -> 1;
      default -> -1;
    });
  }

  /**
   * One class per treatment, by name; wells without a treatment that are negative controls are the class {@code negative}.
   *
   * @param hitClass the treatment whose logit makes a hit
   * @throws CliException if there are fewer than two treatments, or none is the hit class
   */
  public static Labels treatments(Collection<PlateMap> maps, String hitClass) {
    TreeSet<String> names = new TreeSet<>();
    for (PlateMap map : maps) {
      for (PlateMap.Content content : map.wells().values()) {
        String name = name(content);
        if (name != null) {
          names.add(name);
        }
      }
    }
    if (names.size() < 2) {
      throw new CliException("The plate map names %d treatments; a model needs two or more to tell apart".formatted(names.size()));
    }
    if (!names.contains(hitClass)) {
      throw new CliException("--hit-class %s is none of the treatments: %s".formatted(hitClass, String.join(", ", names)));
    }
    List<String> classes = List.copyOf(names);
    return new Labels(classes, hitClass, content -> {
      String name = name(content);
      return name == null ? -1 : classes.indexOf(name);
    });
  }

  private static @Nullable String name(PlateMap.Content content) {
    return content.treatment() != null ? content.treatment() : content.role() == WellRole.NEGATIVE_CONTROL ? "negative" : null;
  }

  /** Class of a well, or -1 where the map does not know it. */
  int of(PlateMap.@Nullable Content content) {
    return content == null ? -1 : classOf.applyAsInt(content);
  }
}
