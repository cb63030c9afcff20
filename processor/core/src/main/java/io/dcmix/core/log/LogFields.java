package io.dcmix.core.log;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Names of the fields by which log lines can be selected, and how a line gets them. A line about a plate or a well carries them itself;
 * what a thread does for one lane alone it logs under that lane. Both cost nothing where no line is written.
 */
public final class LogFields {
  public static final String LANE = "lane";
  public static final String PLATE = "plate";
  public static final String ACQUISITION = "acquisition";
  public static final String WELL = "well";
  public static final String TIMEPOINT = "timepoint";
  public static final String REVISION = "revision";
  public static final String SITE = "site";
  public static final String CHANNEL = "channel";
  public static final String REASON = "reason";

  private LogFields() {}

  /** The line is about a plate of an imaging run. */
  public static LoggingEventBuilder of(LoggingEventBuilder line, PlateKey plate) {
    return line.addKeyValue(PLATE, plate.plate()).addKeyValue(ACQUISITION, plate.acquisition());
  }

  /** The line is about a well. */
  public static LoggingEventBuilder of(LoggingEventBuilder line, WellKey well) {
    return of(line, well.plate()).addKeyValue(WELL, well.well().toString()).addKeyValue(TIMEPOINT, well.timepoint());
  }

  /** Work of another thread that logs under what this one logs under. */
  public static Runnable alike(Runnable work) {
    @Nullable Map<String, String> context = MDC.getCopyOfContextMap();
    return context == null ? work : () -> {
      MDC.setContextMap(context);
      work.run();
    };
  }
}
