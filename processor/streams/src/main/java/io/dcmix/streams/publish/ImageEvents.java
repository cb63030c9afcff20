package io.dcmix.streams.publish;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.images.Sha256;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ImageEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Planes as events. Pure. */
public final class ImageEvents {
  private ImageEvents() {}

  /**
   * Everything but the payload, its size and hash included; whoever sends it sets the bytes, or where they lie.
   *
   * @param instrument name of the microscope, where known
   */
  public static ImageEvent.Builder of(PlateKey key, ArchivePlane plane, @Nullable String instrument) {
    PlaneFormat format = plane.format();
    Instant acquiredAt = plane.acquiredAt();
    return ImageEvent.newBuilder()
        .setPlate(key.plate())
        .setAcquisition(key.acquisition())
        .setWell(plane.id().well().toString())
        .setSite(plane.id().site())
        .setChannel(plane.id().channel())
        .setTimepoint(plane.id().timepoint())
        .setZ(plane.id().z())
        .setAcquiredAt(acquiredAt == null ? null : acquiredAt.truncatedTo(ChronoUnit.MICROS))
        .setAcquiredAtText(plane.acquiredAtText())
        .setWidth(format.width())
        .setHeight(format.height())
        .setPixelType(format.pixelType())
        .setEncoding(format.encoding())
        .setSize((long) plane.payload().remaining())
        .setSha256(Sha256.of(plane.payload()))
        .setInstrument(instrument);
  }
}
