package io.pulsegate.sinks.kafka;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes Kafka sinks.
public final class KafkaSinkFactory implements SinkFactory<KafkaConfig> {
  @Override
  public ComponentSpec<KafkaConfig> spec() {
    return KafkaConfig.SPEC;
  }

  @Override
  public KafkaSink create(KafkaConfig config, SinkContext context) {
    return new KafkaSink(config, context);
  }
}
