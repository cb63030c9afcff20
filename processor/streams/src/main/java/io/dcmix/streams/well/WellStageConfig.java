package io.dcmix.streams.well;

import io.dcmix.streams.ScreeningConfig;
import java.time.Duration;

/**
 * What the well stage is told.
 *
 * @param lane for the log and for traces
 * @param topicId Kafka's id of the image-events topic
 * @param partitions number of its partitions
 * @param screening what is made of the images; deadlines in it run on the arrival clock
 * @param backPressure how long at most a record may wait for the scorer to have room
 * @param checkHashOf the SHA-256 that an event states of its inline image is checked on one image in so many; 1: on all
 */
public record WellStageConfig(String lane, String topicId, int partitions, ScreeningConfig screening, Duration backPressure, int checkHashOf) {}
