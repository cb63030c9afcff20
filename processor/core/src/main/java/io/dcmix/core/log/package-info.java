/** What log lines say besides their text. */
@NullMarked
package io.dcmix.core.log;

import org.jspecify.annotations.NullMarked;
