/** What this machine can do: the pipeline in its own processes beside the bare loop of decoding and scoring. */
@NullMarked
package io.dcmix.bench;

import org.jspecify.annotations.NullMarked;
