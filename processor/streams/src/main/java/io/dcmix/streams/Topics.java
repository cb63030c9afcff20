package io.dcmix.streams;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The topics of a lane, by role. A lane is a topic prefix plus an application id: {@code screening} for live work,
 * {@code replay-<name>} for a replay. A lane that scores the images of another, with another model, has results of its own and
 * reads that one's images and announcements.
 *
 * @param lane lower-case letters, digits and dashes, 1 to 60 characters
 * @param source the lane whose images it scores; the same for all but rescored lanes
 */
public record Topics(String lane, String source) {
  private static final Pattern LANE = Pattern.compile("[a-z0-9][a-z0-9-]{0,59}");

  public Topics {
    for (String name : List.of(lane, source)) {
      if (!LANE.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "Lane '" + name + "' must be 1 to 60 lower-case letters, digits and dashes, starting with a letter or digit");
      }
    }
  }

  /** A lane that scores its own images. */
  public Topics(String lane) {
    this(lane, lane);
  }

  /** Whether it scores the images of another lane. */
  public boolean borrowsImages() {
    return !lane.equals(source);
  }

  public String imageEvents() {
    return source + ".image-events";
  }

  public String acquisitions() {
    return source + ".acquisitions";
  }

  /** Layouts describe plates, not runs, so all lanes share them. */
  public String plateLayouts() {
    return "shared.plate-layouts";
  }

  /** What publishers of images have done; theirs alone, no processor reads it. */
  public String publishProgress() {
    return source + ".publish-progress";
  }

  public String wellPredictions() {
    return lane + ".well-predictions";
  }

  public String wellFailures() {
    return lane + ".well-failures";
  }

  public String channelImportance() {
    return lane + ".channel-importance";
  }

  public String hitCalls() {
    return lane + ".hit-calls";
  }

  public String plateQuality() {
    return lane + ".plate-quality";
  }

  public String alerts() {
    return lane + ".alerts";
  }

  public String deadLetters() {
    return lane + ".dead-letters";
  }

  /** Which version of the model shall serve the lane, and which one does; read by instances that were given a folder of models. */
  public String modelControl() {
    return lane + ".model-control";
  }

  /** The consumer group, and the prefix of all internal topics. */
  public String applicationId() {
    return "dcmix-" + lane;
  }

  /** How the transactional ids of publishers begin; plate and run follow. No other lane's begin like it, as no name has a slash. */
  public String publisherTransactions() {
    return "dcmix-publish-" + source + "/";
  }

  /** The transactional id of whoever takes back what was said. */
  public String forgetTransactions() {
    return "dcmix-forget-" + lane;
  }

  /** The full name of an internal topic, such as {@code wells-changelog}. */
  public String internal(String name) {
    return applicationId() + "-" + name;
  }
}
