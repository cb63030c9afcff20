/** The topics, rights and life of a lane: what a platform engineer does before, between and after runs. */
@NullMarked
package io.dcmix.app.lanes;

import org.jspecify.annotations.NullMarked;
