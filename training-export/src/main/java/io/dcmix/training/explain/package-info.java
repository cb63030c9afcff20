/** Why a model calls a well what it calls it: the planes of the well, the passes, and two ways to show the answer. */
@NullMarked
package io.dcmix.training.explain;

import org.jspecify.annotations.NullMarked;
