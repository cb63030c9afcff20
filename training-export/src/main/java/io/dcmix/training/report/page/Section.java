package io.dcmix.training.report.page;

import java.util.List;

/**
 * A chapter of a report. Charts that follow each other are set in pairs where they are narrow enough.
 *
 * @param title a few words
 * @param lead what the chapter shows, one or two sentences, or empty
 * @param blocks its content, in order
 */
public record Section(String title, String lead, List<Block> blocks) {
  public Section {
    blocks = List.copyOf(blocks);
  }
}
