package io.dcmix.core.archive.layout;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder that Harmony named: {@code BR00117035__2021-05-02T16_02_51-Measurement1}.
 *
 * @param folder the whole name
 * @param plate its barcode
 * @param measurement {@code 2021-05-02T16_02_51-Measurement1}
 * @param start local time of an unknown zone: {@code 2021-05-02T16:02:51}
 */
record FullPlate(String folder, String plate, String measurement, String start) {
  private static final Pattern NAME = Pattern.compile("(?<plate>.+)__(?<run>(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d_\\d\\d_\\d\\d)-Measurement\\d+)");

  /** The last such folder of a path. */
  static Optional<FullPlate> in(List<String> path) {
    return path.reversed().stream().map(NAME::matcher).filter(Matcher::matches).findFirst()
        .map(m -> new FullPlate(m.group(), m.group("plate"), m.group("run"), m.group("time").replace('_', ':')));
  }
}
