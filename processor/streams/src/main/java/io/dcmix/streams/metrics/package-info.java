/** What the processor counts and times, in Micrometer; the names stand in {@link io.dcmix.streams.metrics.Meters}. */
@NullMarked
package io.dcmix.streams.metrics;

import org.jspecify.annotations.NullMarked;
