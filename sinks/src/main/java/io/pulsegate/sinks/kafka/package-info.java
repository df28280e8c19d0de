/// Delivers into Kafka.
@NullMarked
package io.pulsegate.sinks.kafka;

import org.jspecify.annotations.NullMarked;
