/** Folders that a microscope fills while they are read. */
@NullMarked
package io.dcmix.core.archive.live;

import org.jspecify.annotations.NullMarked;
