package io.dcmix.core.source;

import io.dcmix.core.images.ImageLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What may be fetched by reference, and at what cost.
 *
 * @param roots folders whose files may be read; none refuses all files
 * @param others resolvers of other schemes than files'; they live as long as the process
 * @param deadline a payload that is still not right this long after it was first asked for is given up; one attempt may take
 *     as long. If files come later than their events, lengthen it
 * @param parallel fetches at once, 1 or more. If the share is far away, raise it
 * @param bytes that fetched payloads may take until they are decoded; one of the largest must fit. If memory is short, lower it
 */
public record References(List<Path> roots, List<PayloadResolver> others, Duration deadline, int parallel, long bytes) {
  /** No folder and no other scheme; 30 s, 8 fetches, 128 MiB. */
  public static final References NONE = new References(List.of(), List.of(), Duration.ofSeconds(30), 8, 128L << 20);

  public References {
    roots = List.copyOf(roots);
    others = List.copyOf(others);
  }

  public References withRoots(List<Path> folders) {
    return new References(folders, others, deadline, parallel, bytes);
  }

  public References withOthers(List<PayloadResolver> resolvers) {
    return new References(roots, resolvers, deadline, parallel, bytes);
  }

  public References withDeadline(Duration time) {
    return new References(roots, others, time, parallel, bytes);
  }

  /** What is wrong with the settings, each with its remedy; empty if nothing is. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!deadline.isPositive()) {
      problems.add("the reference deadline (" + deadline + ") must be longer than 0");
    }
    if (parallel < 1) {
      problems.add("at least 1 reference must be fetched at once, not " + parallel);
    }
    if (bytes < ImageLimits.DEFAULT.maxPayloadBytes()) {
      problems.add("the memory for references (%d bytes) must hold the largest image (%d bytes): raise it"
          .formatted(bytes, ImageLimits.DEFAULT.maxPayloadBytes()));
    }
    return problems;
  }
}
