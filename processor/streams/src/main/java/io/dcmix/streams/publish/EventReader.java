package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ImageEvent;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads planes as events.
 *
 * @param key what the plate is published as
 * @param referral which payloads go by reference; null sends all inline
 */
record EventReader(PlateKey key, @Nullable Referral referral) {
  /** What a plane becomes. */
  sealed interface Plane {
    /** An event that can be sent. */
    record Event(ImageEvent event, @Nullable Instant acquiredAt) implements Plane {}

    /** One that no event can carry. */
    record Impossible(AbsentPlane absent) implements Plane {}
  }

  /** @throws IOException if the plane cannot be read */
  Plane read(PlateArchive archive, PlaneId id) throws IOException {
    ArchivePlane plane = archive.read(id);
    ImageEvent.Builder event = ImageEvents.of(key, plane, archive.instrument());
    switch (Delivery.of(plane.payload().remaining(), archive.file(id), referral)) {
      case Delivery.Inline _ -> event.setBytes(plane.payload());
      case Delivery.ByReference at -> event.setUri(at.uri().toString());
      case Delivery.Impossible impossible -> {
        return new Plane.Impossible(new AbsentPlane(id, plane.origin() + ": " + impossible.why()));
      }
    }
    return new Plane.Event(event.build(), plane.acquiredAt());
  }
}
