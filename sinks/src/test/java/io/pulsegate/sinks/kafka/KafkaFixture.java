package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.testkit.Arrival;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/// Sinks on the brokers of a test, and what is in their topics.
final class KafkaFixture {
  private KafkaFixture() {}

  static KafkaConfig config(Map<String, String> settings) {
    return KafkaConfig.SPEC.reader().apply(new Settings(settings));
  }

  /// A sink with short time limits. Its clock is right, as brokers delete what is old.
  static KafkaSink sink(String servers, Map<String, String> settings) {
    Map<String, String> all =
        new HashMap<>(
            Map.of("bootstrap_servers", servers, "timeout", "6s", "connect_timeout", "2s"));
    all.putAll(settings);
    return new KafkaSinkFactory()
        .create(
            config(all),
            new SinkContext(
                "test", Path.of("unused"), 64 << 20, InstantSource.system(), Metrics.NONE));
  }

  static Arrival arrival(ConsumerRecord<byte[], byte[]> record) {
    return new Arrival(
        header(record, "tenant_id").orElseThrow(),
        header(record, "event_id").orElseThrow(),
        header(record, "event_type").orElseThrow(),
        new String(record.value(), StandardCharsets.UTF_8));
  }

  static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }
}
