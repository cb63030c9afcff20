/** Reading the results of a lane, as any outside consumer would. */
@NullMarked
package io.dcmix.streams.results;

import org.jspecify.annotations.NullMarked;
