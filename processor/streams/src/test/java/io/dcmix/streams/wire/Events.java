package io.dcmix.streams.wire;

import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class Events {
  static final String TOPIC = "screening.image-events";

  private Events() {}

  static ImageEvent image() {
    return ImageEvent.newBuilder()
        .setPlate("P/7")
        .setAcquisition("run 1")
        .setWell("B02")
        .setSite(1)
        .setChannel("DNA")
        .setAcquiredAt(Instant.parse("2026-03-29T02:30:00.123456Z"))
        .setWidth(2)
        .setHeight(1)
        .setPixelType(PixelType.UINT16)
        .setEncoding(Encoding.RAW)
        .setBytes(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}))
        .build();
  }

  static Acquisition acquisition() {
    return Acquisition.newBuilder()
        .setPlate("P/7")
        .setAcquisition("run 1")
        .setStatus(AcquisitionStatus.STARTED)
        .setRows(8)
        .setColumns(12)
        .setWells(List.of("B02"))
        .setSites(List.of(1, 2))
        .setWellSites(Map.of("B02", List.of(1)))
        .setChannels(List.of("DNA"))
        .build();
  }
}
