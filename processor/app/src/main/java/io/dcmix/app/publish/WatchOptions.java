package io.dcmix.app.publish;

import io.dcmix.app.run.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How folders are followed; a mixin. */
final class WatchOptions {
  @Option(names = "--watch", description = {
    "Follow folders that a microscope fills: look again and again, publish each plane once it is whole, and end when the plates are finished.",
    "The options below are of --watch alone."})
  private boolean on;

  @Option(names = "--poll", defaultValue = "500ms", paramLabel = "TIME", converter = Durations.class,
      description = "How long to wait between two looks. Shares tell nobody of new files, so they are looked for. Default: ${DEFAULT-VALUE}.")
  private Duration poll = Duration.ofMillis(500);

  @Option(names = "--settle", defaultValue = "750ms", paramLabel = "TIME", converter = Durations.class,
      description = "How long a file must not change before it counts; its content must be whole, too. Default: ${DEFAULT-VALUE}.")
  private Duration settle = Duration.ofMillis(750);

  @Option(names = "--done-file", paramLabel = "NAME",
      description = "The plates are finished when a file of this name lies in the folder; what is missing then is absent. Default: none.")
  private @Nullable String doneFile;

  @Option(names = "--finish-after", paramLabel = "TIME", converter = Durations.class,
      description = "A plate is finished when all that is known of it is published and nothing new came for so long. "
          + "Default: 1m where an index or a plate map promises the planes, 10m where only the files tell.")
  private @Nullable Duration finishAfter;

  @Option(names = "--abandon-after", defaultValue = "30m", paramLabel = "TIME", converter = Durations.class,
      description = "A plate is aborted when nothing new came for so long and promised planes are missing; 0s never does that. Default: ${DEFAULT-VALUE}.")
  private Duration abandonAfter = Duration.ofMinutes(30);

  @Option(names = "--keep-watching", description = "Go on when all plates have ended: the next one will come. Ctrl-C ends it.")
  private boolean keepWatching;

  boolean isOn() {
    return on;
  }

  Duration poll() {
    return poll;
  }

  Duration settle() {
    return settle;
  }

  @Nullable String doneFile() {
    return doneFile;
  }

  Ending ending() {
    return new Ending(finishAfter, abandonAfter);
  }

  boolean keepWatching() {
    return keepWatching;
  }
}
