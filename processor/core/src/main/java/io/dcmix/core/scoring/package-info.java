/** The seam between the topology and the model: sites go in, outcomes come out, and only this side ever sees pixels. */
@NullMarked
package io.dcmix.core.scoring;

import org.jspecify.annotations.NullMarked;
