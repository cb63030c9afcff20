/** Reading image payloads again from the topic they lie in. */
@NullMarked
package io.dcmix.streams.source;

import org.jspecify.annotations.NullMarked;
