/** Where Kafka and the schema registry are: the options that the commands share, and what they make of them. */
@NullMarked
package io.dcmix.app.cluster;

import org.jspecify.annotations.NullMarked;
