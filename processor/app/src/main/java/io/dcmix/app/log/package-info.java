/** How log lines are written. */
@NullMarked
package io.dcmix.app.log;

import org.jspecify.annotations.NullMarked;
