package io.pulsegate.sinks.kafka;

/// Where events go: the topic and the key of their records.
record Address(Template topic, Template key) {}
