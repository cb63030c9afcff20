package io.dcmix.app.archive;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.Shown;
import io.dcmix.core.archive.layout.ArchiveLayouts;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How to read an archive, where a person knows better; a mixin of every command that reads one. */
public final class ArchiveOptionsMixin {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(names = "--layout", paramLabel = "NAME",
      description = "How the plates lie on disk: harmony, ome-tiff, … Default: the first layout that the folder looks like.")
  private @Nullable String layout;

  @Option(names = "--spec", paramLabel = "FILE",
      description = "How file names are read by the layout pattern. Default: dcmix-archive.properties in the folder.")
  private @Nullable Path description;

  @Option(names = "--plate", paramLabel = "BARCODE",
      description = "Barcode of the plate, where the archive has one; of an archive of several, the one to read.")
  private @Nullable String plate;

  @Option(names = "--acquisition", paramLabel = "ID", description = "Id of the imaging run. Default: what the archive says.")
  private @Nullable String acquisition;

  @Option(names = "--zone", paramLabel = "ZONE",
      description = "Where the microscope's clock hangs, as in Europe/Berlin or +02:00, for archives whose times name no zone. "
          + "Default: such times are kept as text only.")
  private @Nullable String zone;

  @Option(names = "--channel", paramLabel = "OLD=NEW", description = "Another name of a channel: w1=DNA. Repeatable.")
  private Map<String, String> channels = new LinkedHashMap<>();

  @Option(names = "--choice", paramLabel = "NAME=VALUE",
      description = "Which of two readings is taken; 'archive inspect' names those that there are. Repeatable.")
  private Map<String, String> choices = new LinkedHashMap<>();

  /**
   * Finds the layout of a folder and reads its index.
   *
   * @throws CliException if that cannot be done, with the place and the remedy
   */
  public FoundArchive open(Path folder) throws IOException {
    try {
      FoundArchive found = description == null
          ? FoundArchive.open(folder, layout, options()) : FoundArchive.described(folder, checked(description), options());
      checkChannels(found.index().plates().stream().flatMap(plate -> plate.channels().stream()).toList());
      return found;
    } catch (ArchiveException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Opens the only plate of a folder, or the one that is chosen, with what is in its wells.
   *
   * @param plateMap replaces what the archive says; null does not
   * @throws CliException if that cannot be done, with the place and the remedy
   */
  public OpenedArchive openOne(Path folder, @Nullable Path plateMap) throws IOException {
    try {
      Path checked = description == null ? null : checked(description);
      OpenedArchive opened = Archives.one(folder, new Archives.Reading(layout, checked, plateMap, options()));
      checkChannels(opened.archive().channels());
      return opened;
    } catch (ArchiveException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether nothing was said on the command line. */
  public boolean silent() {
    return layout == null && description == null && options().equals(ArchiveOptions.NONE);
  }

  /**
   * Reads those files of a folder that are there by now; channels may be missing yet.
   *
   * @throws ArchiveException if they hold no plate that can be read
   */
  public FoundArchive open(FolderScan scan) throws IOException {
    return description != null
        ? FoundArchive.described(scan, checked(description), options())
        : FoundArchive.open(scan, layout == null ? ArchiveLayouts.recognise(scan) : List.of(ArchiveLayouts.named(layout)), options());
  }

  /** The file that says how names are read, if it does not lie in the folder; else null. */
  public @Nullable Path description() {
    return description;
  }

  /** What was said on the command line. */
  public ArchiveOptions options() {
    return new ArchiveOptions(plate, acquisition, zone(), channels, choices);
  }

  private Path checked(Path file) {
    if (layout != null && !layout.equals(PatternLayout.NAME)) {
      throw new ParameterException(spec.commandLine(), "--spec is for the layout %s, and --layout says %s".formatted(PatternLayout.NAME, layout));
    }
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "--spec: there is no file " + file);
    }
    return file;
  }

  /** A name that nothing goes by was mistyped. */
  private void checkChannels(List<String> all) {
    TreeSet<String> there = new TreeSet<>(all);
    channels.forEach((old, renamed) -> {
      if (!there.contains(renamed)) {
        throw new CliException("--channel %s=%s: the archive has no channel '%s'; there are %s".formatted(
            old, renamed, old, there.stream().map(Shown::of).toList()));
      }
    });
  }

  private @Nullable ZoneId zone() {
    try {
      return zone == null ? null : ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new ParameterException(spec.commandLine(), "--zone: '%s' is no time zone; write Europe/Berlin, UTC or +02:00".formatted(zone), e);
    }
  }
}
