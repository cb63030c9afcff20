/** A simulated Cell Painting plate: the same bytes from the same seed on every machine. */
@NullMarked
package io.dcmix.core.archive.simulation;

import org.jspecify.annotations.NullMarked;
