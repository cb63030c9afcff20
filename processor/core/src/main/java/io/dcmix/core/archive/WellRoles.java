package io.dcmix.core.archive;

import io.dcmix.schema.event.WellRole;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How plate maps spell what a well is for. */
public final class WellRoles {
  private static final Map<String, WellRole> SPELLINGS = Map.ofEntries(
      Map.entry("sample", WellRole.SAMPLE),
      Map.entry("trt", WellRole.SAMPLE),
      Map.entry("treatment", WellRole.SAMPLE),
      Map.entry("treated", WellRole.SAMPLE),
      Map.entry("test", WellRole.SAMPLE),
      Map.entry("negative", WellRole.NEGATIVE_CONTROL),
      Map.entry("neg", WellRole.NEGATIVE_CONTROL),
      Map.entry("negcon", WellRole.NEGATIVE_CONTROL),
      Map.entry("negativecontrol", WellRole.NEGATIVE_CONTROL),
      Map.entry("negctrl", WellRole.NEGATIVE_CONTROL),
      Map.entry("vehicle", WellRole.NEGATIVE_CONTROL),
      Map.entry("mock", WellRole.NEGATIVE_CONTROL),
      Map.entry("positive", WellRole.POSITIVE_CONTROL),
      Map.entry("pos", WellRole.POSITIVE_CONTROL),
      Map.entry("poscon", WellRole.POSITIVE_CONTROL),
      Map.entry("positivecontrol", WellRole.POSITIVE_CONTROL),
      Map.entry("posctrl", WellRole.POSITIVE_CONTROL),
      Map.entry("empty", WellRole.EMPTY),
      Map.entry("untreated", WellRole.EMPTY),
      Map.entry("unknown", WellRole.UNKNOWN),
      Map.entry("", WellRole.UNKNOWN));

  private WellRoles() {}

  /**
   * Reads a role in one of the usual spellings, whatever its case, spaces, dashes and underscores: {@code negcon},
   * {@code Negative control}, {@code poscon_diverse}, {@code trt}, {@code untreated}. Blank is unknown.
   */
  public static Optional<WellRole> parse(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]", "");
    return Optional.ofNullable(SPELLINGS.get(plain.startsWith("poscon") ? "poscon" : plain.startsWith("negcon") ? "negcon" : plain));
  }

  /**
   * Reads {@code -1=negative,1=positive,0=sample}.
   *
   * @param key what it is called in messages
   * @param problems takes what is wrong with it
   */
  static Map<String, WellRole> parseMapping(String text, String key, Collection<String> problems) {
    Map<String, WellRole> roles = new LinkedHashMap<>();
    PatternSpec.pairs(text, key, problems).forEach((spelling, name) -> parse(name).ifPresentOrElse(
        role -> roles.put(spelling, role),
        () -> problems.add(key + ": '" + name + "' is none of sample, negative, positive, empty, unknown")));
    return roles;
  }
}
