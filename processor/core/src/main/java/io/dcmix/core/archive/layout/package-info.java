/** One class a layout of plates on disk, and the list of them. */
@NullMarked
package io.dcmix.core.archive.layout;

import org.jspecify.annotations.NullMarked;
