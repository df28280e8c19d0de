/// Events from Kafka topics.
@NullMarked
package io.pulsegate.ingress.kafka;

import org.jspecify.annotations.NullMarked;
