package io.dcmix.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What the model says of one site. Arrays are not copied; nobody writes to them after construction.
 *
 * @param logits one per class
 * @param probabilities one per class; they sum to 1
 * @param contribution one per channel; they sum to 1, or are all 0 where every channel is flat
 * @param importance hit logit margin with all channels minus without this one, one per channel; null when not asked for
 */
@SuppressWarnings("ArrayRecordComponent")
public record SiteScore(double[] logits, double[] probabilities, double[] contribution, double @Nullable [] importance) {}
