/** The life of a well: which planes and sites it has, when it is complete, what its result is. Pure; knows no Kafka. */
@NullMarked
package io.dcmix.core.wells;

import org.jspecify.annotations.NullMarked;
