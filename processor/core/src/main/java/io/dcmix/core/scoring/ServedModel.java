package io.dcmix.core.scoring;

import io.dcmix.core.model.ModelCard;

/**
 * The version of a model that serves a lane.
 *
 * @param reproducible whether each of its devices gives the same bits for the same pixels, with batches of the size that it gets
 */
public record ServedModel(ModelCard card, boolean reproducible) {}
