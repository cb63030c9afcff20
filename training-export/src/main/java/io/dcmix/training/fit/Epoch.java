package io.dcmix.training.fit;

/**
 * Where the fit stands after an epoch.
 *
 * @param number 1-based
 * @param loss mean cross-entropy of the epoch's steps, nats
 * @param accuracy share of the epoch's varied sites that were called right
 * @param weights effective blend weights
 */
@SuppressWarnings("ArrayRecordComponent")
public record Epoch(int number, double loss, double accuracy, float[] weights) {}
