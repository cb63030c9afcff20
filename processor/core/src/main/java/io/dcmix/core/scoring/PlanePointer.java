package io.dcmix.core.scoring;

/** Where a plane's payload lies: what a state store keeps instead of pixels. */
public sealed interface PlanePointer {
  /** Bytes of the payload. */
  long size();

  /** SHA-256 of the payload, hex; a pointer that leads to other bytes is expired. */
  String sha256();

  /**
   * Inline in an image event.
   *
   * @param topicId Kafka's id of the topic, which a re-created topic does not share
   * @param partition partition of the event
   * @param offset offset of the event
   */
  record InTopic(String topicId, int partition, long offset, long size, String sha256) implements PlanePointer {}

  /**
   * Outside Kafka, where an image event says (claim check).
   *
   * @param uri as the event gives it, not yet checked against what may be read
   */
  record AtUri(String uri, long size, String sha256) implements PlanePointer {}
}
