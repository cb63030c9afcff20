package io.dcmix.streams.publish;

import io.dcmix.schema.WellKey;
import java.util.List;
import org.apache.kafka.common.header.Header;

/** Follows wells from where they are published, for traces. There is none unless somebody asked. */
public interface PublishTracer extends AutoCloseable {
  /** The first image of a well, or of what is new of it, goes out. */
  Publication begin(WellKey well);

  /** Sends what is not sent yet, for a few seconds at most. */
  @Override
  void close();

  /** The images of one well in one transaction. Used by the publishing thread. */
  interface Publication {
    /** Another image goes out. Returns what its event carries. */
    List<Header> image(long bytes);

    /** They can be read. */
    void committed();

    /** They never will be. */
    void abandoned();
  }
}
