/** Fitting the network to labelled sites. */
@NullMarked
package io.dcmix.training.fit;

import org.jspecify.annotations.NullMarked;
