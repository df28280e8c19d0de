package io.pulsegate.sim;

import io.pulsegate.testkit.kafka.Received;
import io.pulsegate.testkit.kafka.TestKafka;
import java.util.List;
import java.util.Map;

/// A topic of one partition of the shared broker.
final class KafkaDestination implements Destination {
  private final TestKafka kafka = TestKafka.shared();
  private final String topic;

  KafkaDestination(String topic) {
    this.topic = topic;
    kafka.createTopic(topic, 1, Map.of());
  }

  @Override
  public String settings() {
    return """
    type: kafka
    bootstrap_servers: %s
    topic: %s
    key: "{tenant}"
    timeout: 6s
    connect_timeout: 2s
    """
        .formatted(kafka.linkedServers(), topic);
  }

  @Override
  public void leave() {
    kafka.cut();
  }

  @Override
  public void comeBack() {
    kafka.mend();
  }

  @Override
  public List<String> ids() {
    return kafka.received(topic).stream().map(Received::eventId).toList();
  }

  @Override
  public void close() {
    // The broker is shared.
  }
}
