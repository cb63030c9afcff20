/** Payloads that lie outside Kafka: what an event may refer to, who fetches it, and how long it is waited for. */
@NullMarked
package io.dcmix.core.source;

import org.jspecify.annotations.NullMarked;
