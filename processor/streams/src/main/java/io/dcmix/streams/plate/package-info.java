/** The plate stage and the rolling stage: aggregates by replacement. */
@NullMarked
package io.dcmix.streams.plate;

import org.jspecify.annotations.NullMarked;
