package io.dcmix.training.report.page;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has to say.
 *
 * @param title one line
 * @param subtitle one sentence under it, or empty
 * @param channels the model's channels in their order: a line, bar or picture of one of these names has the same colour on the whole page
 * @param verdicts the results that count, at the top
 * @param sections the body, in order
 * @param provenance seed, versions, files; at the foot, in order
 */
public record Report(
    String title, String subtitle, List<String> channels, List<Verdict> verdicts, List<Section> sections, Map<String, String> provenance) {
  public Report {
    channels = List.copyOf(channels);
    verdicts = List.copyOf(verdicts);
    sections = List.copyOf(sections);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance)); // Map.copyOf would lose the order
  }

  /** A report without channels: names get their colours as they come. */
  public Report(String title, String subtitle, List<Verdict> verdicts, List<Section> sections, Map<String, String> provenance) {
    this(title, subtitle, List.of(), verdicts, sections, provenance);
  }
}
