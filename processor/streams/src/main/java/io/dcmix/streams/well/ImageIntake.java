package io.dcmix.streams.well;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.images.Sha256;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.source.PayloadReference;
import io.dcmix.core.source.RefusedReferenceException;
import io.dcmix.core.wells.AcquisitionTime;
import io.dcmix.core.wells.FocalPolicy;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.state.PlaneState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of an image event into a plane, or into the reason why not. All that can be wrong with a record is decided
 * here, as a value, before anything is stored. Pure.
 */
final class ImageIntake {
  /** Longest text of an event that is taken: each ends up in a store, whose changelog takes about 1 MB a record. */
  private static final int MAX_TEXT = 2048;

  private final ModelCard model;
  private final Function<byte[], ImageEvent> decoder;
  private final String topicId;
  private final int partitions;
  private final int checkHashOf;

  /**
   * Prepares the intake of a task.
   *
   * @param decoder reads an event; throws {@link UnreadableRecordException} on wrong bytes
   * @param topicId Kafka's id of the image-events topic
   * @param partitions its number of partitions
   * @param checkHashOf the stated hash of one inline image in so many is checked
   */
  ImageIntake(ModelCard model, Function<byte[], ImageEvent> decoder, String topicId, int partitions, int checkHashOf) {
    this.model = model;
    this.decoder = decoder;
    this.topicId = topicId;
    this.partitions = partitions;
    this.checkHashOf = checkHashOf;
  }

  /** What a record turned out to be. */
  sealed interface Result {}

  /**
   * A plane for its place in a well. It may have a problem; then it takes its place and the payload is of no use.
   *
   * @param payload the encoded image; null where the plane has a problem or its event refers to the payload
   * @param implausibleTime whether the acquisition time was replaced
   */
  record Plane(
      WellKey well, int site, String channel, int z, PlaneState state, @Nullable ByteBuffer payload, boolean implausibleTime)
      implements Result {}

  /** A readable event of a channel that this model does not know. */
  record Unused(WellKey well, String channel) implements Result {}

  /**
   * A record that is no image event of this place.
   *
   * @param reason in words
   */
  record Unreadable(DeadLetterReason kind, String reason) implements Result {}

  Result read(byte @Nullable [] keyBytes, byte @Nullable [] value, int partition, long offset, long appendMillis) {
    if (keyBytes == null || value == null) {
      return new Unreadable(DeadLetterReason.NO_KEY_OR_VALUE, "An image event needs a key and a value; this record has no " + (keyBytes == null ? "key" : "value"));
    }
    ImageEvent event;
    WellKey key;
    WellKey named;
    try {
      event = decoder.apply(value);
      String tooLong = tooLong(event);
      if (tooLong != null) {
        return new Unreadable(DeadLetterReason.TEXT_TOO_LONG, tooLong);
      }
      key = WellKey.parse(new String(keyBytes, StandardCharsets.UTF_8));
      named = WellKey.of(event.getPlate(), event.getAcquisition(), event.getWell(), event.getTimepoint());
    } catch (UnreadableRecordException | IllegalArgumentException e) {
      return new Unreadable(DeadLetterReason.UNREADABLE, String.valueOf(e.getMessage()));
    }
    if (!key.equals(named)) {
      return new Unreadable(
          DeadLetterReason.KEY_MISMATCH, "The key says " + key + " and the event says " + named + "; the key must be made of the event's fields");
    }
    int expected = Utils.toPositive(Utils.murmur2(keyBytes)) % partitions;
    if (expected != partition) {
      return new Unreadable(
          DeadLetterReason.WRONG_PARTITION,
          "Key %s belongs on partition %d and came on %d: the publisher must partition by murmur2 of the key (librdkafka: partitioner=murmur2_random)"
              .formatted(key, expected, partition));
    }
    if (event.getSite() < 0) {
      return new Unreadable(DeadLetterReason.NEGATIVE_SITE, "Site " + event.getSite() + " of " + key + " is negative");
    }
    if (event.getZ() < 0 || event.getZ() > FocalPolicy.MAX_PLANE) {
      return new Unreadable(
          DeadLetterReason.FOCAL_PLANE_OUT_OF_RANGE,
          "Focal plane %d of %s must be 0 to %d".formatted(event.getZ(), key, FocalPolicy.MAX_PLANE));
    }
    if (!model.channels().contains(event.getChannel())) {
      return new Unused(key, event.getChannel());
    }
    return plane(key, event, partition, offset, Instant.ofEpochMilli(appendMillis));
  }

  private static @Nullable String tooLong(ImageEvent event) {
    List<Text> texts = List.of(
        new Text("plate", event.getPlate()), new Text("acquisition", event.getAcquisition()), new Text("well", event.getWell()),
        new Text("channel", event.getChannel()), new Text("uri", event.getUri()), new Text("sha256", event.getSha256()),
        new Text("instrument", event.getInstrument()));
    for (Text text : texts) {
      if (text.value() != null && text.value().length() > MAX_TEXT) {
        return "Field %s has %d characters; at most %d are taken".formatted(text.field(), text.value().length(), MAX_TEXT);
      }
    }
    return null;
  }

  private record Text(String field, @Nullable String value) {}

  private Plane plane(WellKey key, ImageEvent event, int partition, long offset, Instant arrival) {
    ByteBuffer payload = event.getBytes();
    String sha256 = sha256(event, payload, offset);
    AcquisitionTime time = AcquisitionTime.of(event.getAcquiredAt(), arrival);
    PlaneState.Builder plane =
        PlaneState.newBuilder()
            .setTopicId(topicId)
            .setPartition(partition)
            .setOffset(offset)
            .setUri(event.getUri())
            .setSize(payload != null ? payload.remaining() : event.getSize() != null ? event.getSize() : 0)
            .setSha256(sha256)
            .setWidth(event.getWidth())
            .setHeight(event.getHeight())
            .setPixelType(event.getPixelType())
            .setEncoding(event.getEncoding())
            .setAcquiredAt(ChronoUnit.MICROS.between(Instant.EPOCH, time.time()))
            .setInstrument(event.getInstrument());
    Problem problem = problem(event, payload, sha256);
    if (problem != null) {
      plane.setProblem(problem.reason()).setProblemText("channel " + event.getChannel() + ": " + problem.text());
    }
    return new Plane(
        key, event.getSite(), event.getChannel(), event.getZ(), plane.build(), problem == null ? payload : null, time.implausible());
  }

  /**
   * The payload's hash. One that the event states is believed, and checked on some events by their offset, so that a second
   * reading of the topic comes to the same: Kafka's checksum already says that the bytes are those that were published, and to
   * hash every image takes a third of a stream thread's time.
   */
  private String sha256(ImageEvent event, @Nullable ByteBuffer payload, long offset) {
    String stated = event.getSha256();
    if (payload == null) {
      return stated == null ? "" : stated;
    }
    return stated == null || offset % checkHashOf == 0 || !PayloadReference.isSha256(stated) ? Sha256.of(payload) : stated;
  }

  /** Why a plane is of no use. */
  record Problem(FailureReason reason, String text) {}

  private @Nullable Problem problem(ImageEvent event, @Nullable ByteBuffer payload, String sha256) {
    String uri = event.getUri();
    if (payload == null && uri == null) {
      return new Problem(FailureReason.CORRUPT_PLANE, "the event has neither bytes nor a reference");
    }
    if (payload != null && uri != null) {
      return new Problem(FailureReason.REFERENCE_REFUSED, "the event has bytes and refers to " + uri + "; it must do one of them");
    }
    if (uri != null) {
      try {
        PayloadReference.of(uri, event.getSize(), event.getSha256());
      } catch (RefusedReferenceException e) {
        return new Problem(FailureReason.REFERENCE_REFUSED, String.valueOf(e.getMessage()));
      }
    }
    if (payload != null && event.getSha256() != null && !event.getSha256().equals(sha256)) {
      return new Problem(FailureReason.CORRUPT_PLANE, "the payload's SHA-256 is " + sha256 + ", the event says " + event.getSha256());
    }
    if (event.getEncoding() == Encoding.UNKNOWN) {
      return new Problem(FailureReason.CORRUPT_PLANE, "the payload's encoding is unknown to this version");
    }
    return unfit(model, event.getPixelType(), event.getWidth(), event.getHeight());
  }

  /** Why a model does not take images of this kind; null if it does. */
  static @Nullable Problem unfit(ModelCard model, PixelType type, int width, int height) {
    if (type != model.pixelType()) {
      return new Problem(FailureReason.WRONG_PIXEL_TYPE, "pixels are " + type + ", the model takes " + model.pixelType());
    }
    if (width != model.width() || height != model.height()) {
      return new Problem(
          FailureReason.WRONG_SIZE,
          "the image has %d × %d pixels, the model takes %d × %d".formatted(width, height, model.width(), model.height()));
    }
    return null;
  }

  /** What a stored plane says of its payload's format. */
  static PlaneFormat format(PlaneState plane) {
    return new PlaneFormat(plane.getWidth(), plane.getHeight(), plane.getPixelType(), plane.getEncoding());
  }
}
