/// Real Kafka brokers for tests, each in a process of its own.
@NullMarked
package io.pulsegate.testkit.kafka;

import org.jspecify.annotations.NullMarked;
