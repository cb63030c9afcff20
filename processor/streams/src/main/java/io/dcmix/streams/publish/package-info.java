/** Publishing plates as image events. */
@NullMarked
package io.dcmix.streams.publish;

import org.jspecify.annotations.NullMarked;
