/** Decoding plane payloads into off-heap memory, within limits. */
@NullMarked
package io.dcmix.core.images;

import org.jspecify.annotations.NullMarked;
