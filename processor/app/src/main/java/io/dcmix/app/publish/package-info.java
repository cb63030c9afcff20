/** Plates from disk into a lane: publishing once, replaying at a pace. */
@NullMarked
package io.dcmix.app.publish;

import org.jspecify.annotations.NullMarked;
