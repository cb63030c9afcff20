/** Reads planes of Zarr arrays, versions 2 and 3, from folders. Knows nothing of plates. */
@NullMarked
package io.dcmix.core.archive.zarr;

import org.jspecify.annotations.NullMarked;
