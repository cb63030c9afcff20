package io.dcmix.streams.well;

import io.dcmix.core.scoring.SiteOutcome;
import io.dcmix.schema.WellKey;
import org.apache.kafka.common.header.Headers;

/** Follows the wells of a lane from image to result, for traces. There is none unless somebody asked: then nothing is told, and no header read. */
public interface WellTracer {
  /** A task begins its life. */
  Task task();

  /** One life of a task. Used by its stream thread alone, and forgotten with it: what it held is in no store. */
  interface Task {
    /**
     * An image of a well was taken in.
     *
     * @param headers of its event
     * @param appendMillis when Kafka took it
     */
    void image(String well, Headers headers, long appendMillis);

    /** An earlier life left the well unfinished. */
    void restored(String well);

    /** A site has all its planes, or goes to the scorer once more. */
    void complete(String well, int site);

    /** The well is not waited for any longer. */
    void gaveUp(String well);

    /** The scorer is done with a site. */
    void landed(SiteOutcome outcome);

    /**
     * A result of the well goes out.
     *
     * @param headers of its record, to which the trace is added
     */
    void forwarded(WellKey well, WellOutput output, Headers headers);

    /** Nothing is outstanding of the well. */
    void settled(WellKey well);
  }
}
