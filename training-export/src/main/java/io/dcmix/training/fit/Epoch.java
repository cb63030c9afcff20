package io.dcmix.training.fit;

import org.jspecify.annotations.Nullable;

/**
 * Where the fit stands after an epoch.
 *
 * @param number 1-based
 * @param loss mean of the epoch's steps, the sparsity's part included
 * @param accuracy share of the epoch's varied samples that were called right
 * @param validationLoss on the samples held back, as they are; NaN when there are none
 * @param validationAccuracy the same; NaN when there are none
 * @param weights effective blend weights; null for a network that does not blend
 * @param seconds that the steps took, without the validation
 */
@SuppressWarnings("ArrayRecordComponent")
public record Epoch(
    int number, double loss, double accuracy, double validationLoss, double validationAccuracy, float @Nullable [] weights, double seconds) {}
