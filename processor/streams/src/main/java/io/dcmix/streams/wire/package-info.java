/** The bytes of events at the edge: what publishers write and other programs read. Internal topics never use it. */
@NullMarked
package io.dcmix.streams.wire;

import org.jspecify.annotations.NullMarked;
