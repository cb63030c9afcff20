/** Traces from image to prediction: all that knows OpenTelemetry. Nothing of it is loaded unless there is a {@link io.dcmix.streams.trace.TraceConfig}. */
@NullMarked
package io.dcmix.streams.trace;

import org.jspecify.annotations.NullMarked;
