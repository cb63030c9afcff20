/** The seam through which modules add commands to the command line. */
@NullMarked
package io.dcmix.core.cli;

import org.jspecify.annotations.NullMarked;
