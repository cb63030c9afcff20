package io.dcmix.streams.well;

import io.dcmix.core.scoring.ExplainPolicy;
import java.time.Duration;

/**
 * What the well stage is told.
 *
 * @param topicId Kafka's id of the image-events topic
 * @param partitions number of its partitions
 * @param wellDeadline a well without all its sites ends this long after its last image, on the arrival clock
 * @param lateWindow how long after its last image a finished well can still be corrected
 * @param backPressure how long at most a record may wait for the scorer to have room
 * @param explain which wells get the importance of their channels
 * @param checkHashOf the SHA-256 that an event states of its inline image is checked on one image in so many; 1: on all
 */
public record WellStageConfig(String topicId, int partitions, Duration wellDeadline, Duration lateWindow, Duration backPressure, ExplainPolicy explain, int checkHashOf) {}
