/** Comparisons on data whose truth is known: what the importance methods say against what was planted. */
@NullMarked
package io.dcmix.training.benchmark;

import org.jspecify.annotations.NullMarked;
