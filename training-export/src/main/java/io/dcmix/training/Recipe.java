package io.dcmix.training;

import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.PyTorch.Compute;

/**
 * What is trained, and how.
 *
 * @param blend how channels become one image
 * @param backbone what looks at that image
 * @param summary what becomes of its last images
 * @param fit how it learns
 * @param threads of PyTorch; one thread on the CPU gives the same model for the same seed
 * @param compute CPU or GPU
 */
public record Recipe(Blend blend, Backbone.Kind backbone, Summary summary, FitOptions fit, int threads, Compute compute) {}
