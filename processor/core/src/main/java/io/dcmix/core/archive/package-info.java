/** Plates on disk (or simulated), read plane by plane through one small interface. */
@NullMarked
package io.dcmix.core.archive;

import org.jspecify.annotations.NullMarked;
