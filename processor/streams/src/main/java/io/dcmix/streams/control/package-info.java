/** Which version of the model serves a lane: the topic that says so. */
@NullMarked
package io.dcmix.streams.control;

import org.jspecify.annotations.NullMarked;
