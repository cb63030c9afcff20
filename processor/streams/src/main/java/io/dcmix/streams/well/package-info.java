/** The well stage: image events in, one result a well out. Keyed by well. */
@NullMarked
package io.dcmix.streams.well;

import org.jspecify.annotations.NullMarked;
