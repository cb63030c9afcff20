package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.plate.ImportanceConfig;
import io.dcmix.streams.plate.Scope;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options of channel importance over plates. A mixin. */
public final class ImportanceOptions {
  @Option(names = "--importance-window", defaultValue = "24h", paramLabel = "TIME", converter = Durations.class,
      description = "Acquisition times that rolling channel importance is taken over; see docs/importance.md. Default: ${DEFAULT-VALUE}.")
  private Duration window = Duration.ofHours(24);

  @Option(names = "--importance-advance", defaultValue = "1h", paramLabel = "TIME", converter = Durations.class,
      description = "What that window advances by; the window must be a multiple of it. Default: ${DEFAULT-VALUE}.")
  private Duration advance = Duration.ofHours(1);

  @Option(names = "--importance-scopes", defaultValue = "all,plate,class,role,instrument", split = ",", paramLabel = "SCOPE",
      description = "What it is taken over: all, plate, class, treatment, role, instrument. treatment is one record per treatment and plate: for screens whose treatments come again. Default: ${DEFAULT-VALUE}.")
  private List<String> scopes = List.of("all", "plate", "class", "role", "instrument");

  @Option(names = "--drift-wells", defaultValue = "16", paramLabel = "N",
      description = "A plate's newest N wells are held against its first N; with fewer than N it raises no alert of drift. Default: ${DEFAULT-VALUE}.")
  private int driftWells = 16;

  @Option(names = "--drift-threshold", defaultValue = "3", paramLabel = "SD",
      description = "Drift of a channel's contribution from which a plate raises an alert, in SDs between wells. Default: ${DEFAULT-VALUE}.")
  private double driftThreshold = 3;

  @Option(names = "--plate-retention", defaultValue = "30d", paramLabel = "TIME", converter = Durations.class,
      description = "How long after the last result of a plate its wells are kept, for corrections and late layouts. Default: ${DEFAULT-VALUE}.")
  private Duration plateRetention = Duration.ofDays(30);

  /**
   * The configuration with what these options say.
   *
   * @throws CliException if they do not fit together
   */
  ScreeningConfig applied(ScreeningConfig config) {
    try {
      ImportanceConfig importance = ImportanceConfig.DEFAULT.withWindow(window, advance).withDrift(driftWells, driftThreshold)
          .withScopes(scopes.stream().map(String::strip).map(Scope.Kind::parse).collect(Collectors.toSet()));
      return config.withImportance(importance).withPlateRetention(plateRetention);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CliException("--importance-window, --importance-advance, --importance-scopes, --drift-wells, --drift-threshold: " + e.getMessage(), e);
    }
  }
}
