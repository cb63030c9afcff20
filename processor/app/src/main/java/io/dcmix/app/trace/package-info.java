/** Where traces go. */
@NullMarked
package io.dcmix.app.trace;

import org.jspecify.annotations.NullMarked;
