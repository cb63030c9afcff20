/** Statistics over wells and plates. Pure functions. */
@NullMarked
package io.dcmix.core.screening;

import org.jspecify.annotations.NullMarked;
