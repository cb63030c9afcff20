package io.dcmix.core.scoring;

/**
 * Where a plane's payload lies in Kafka: what a state store keeps instead of pixels.
 *
 * @param topicId Kafka's id of the topic, which a re-created topic does not share
 * @param partition partition of the image event
 * @param offset offset of the image event
 * @param sha256 SHA-256 of the payload, hex; a pointer that leads to other bytes is expired
 */
public record PlanePointer(String topicId, int partition, long offset, String sha256) {}
