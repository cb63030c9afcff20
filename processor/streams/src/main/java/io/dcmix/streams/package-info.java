/** The processor on Kafka Streams: topics, topology, stores, and the runtime that starts and stops it. */
@NullMarked
package io.dcmix.streams;

import org.jspecify.annotations.NullMarked;
