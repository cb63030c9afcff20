/** Which version of the model serves a lane: looking at a folder of versions, activating one, and seeing how that went. */
@NullMarked
package io.dcmix.app.model;

import org.jspecify.annotations.NullMarked;
