package io.pulsegate.testkit.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// Puts records into topics, as another system would. One thread at a time.
public final class TestSender implements AutoCloseable {
  private final KafkaProducer<String, String> producer;

  TestSender(String servers) {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "acks", "all"),
            new StringSerializer(),
            new StringSerializer());
  }

  /// Sends; the broker has it at the latest when [#flush] has returned.
  public void send(String topic, String key, String value) {
    var _ = producer.send(new ProducerRecord<>(topic, key, value));
  }

  /// Waits for the broker.
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
