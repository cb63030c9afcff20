package io.dcmix.streams.control;

import io.dcmix.schema.event.ModelControl;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the topic says at one moment: the last record of each kind.
 *
 * @param activated what shall serve; null if nobody ever said
 * @param confirmed what an instance last put to work; null before the first
 * @param refused what an instance last refused; null if none did
 */
public record ModelOrders(@Nullable ModelControl activated, @Nullable ModelControl confirmed, @Nullable ModelControl refused) {
  /** Nobody ever said anything. */
  public static final ModelOrders NONE = new ModelOrders(null, null, null);

  /** The same after a record. */
  public ModelOrders with(ModelControl record) {
    return switch (record.getEvent()) {
      case ACTIVATED -> new ModelOrders(record, confirmed, refused);
      case CONFIRMED -> new ModelOrders(activated, record, refused);
      case REFUSED -> new ModelOrders(activated, confirmed, record);
      case UNKNOWN -> this;
    };
  }

  /** What to begin with, best first: what was activated, then what is known to have worked. */
  public List<ModelControl> candidates() {
    List<ModelControl> candidates = new ArrayList<>();
    if (activated != null) {
      candidates.add(activated);
    }
    if (confirmed != null && (activated == null || !confirmed.getModelSha256().equals(activated.getModelSha256()))) {
      candidates.add(confirmed);
    }
    return candidates;
  }
}
