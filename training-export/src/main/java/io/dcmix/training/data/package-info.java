/** Labelled sites, read once: selection, shrinking, normalisation, splits and augmentation. */
@NullMarked
package io.dcmix.training.data;

import org.jspecify.annotations.NullMarked;
