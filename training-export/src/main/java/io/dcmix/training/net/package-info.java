/** The DCMIX blend and the small network behind it, on PyTorch through DJL. */
@NullMarked
package io.dcmix.training.net;

import org.jspecify.annotations.NullMarked;
