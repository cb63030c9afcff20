/** How the results of two lanes differ. */
@NullMarked
package io.dcmix.app.compare;

import org.jspecify.annotations.NullMarked;
