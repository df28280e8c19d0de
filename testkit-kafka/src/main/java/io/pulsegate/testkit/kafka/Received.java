package io.pulsegate.testkit.kafka;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A record as text.
public record Received(
    String topic,
    int partition,
    long offset,
    Optional<String> key,
    String value,
    Map<String, String> headers) {
  public Received {
    headers = Map.copyOf(headers);
  }

  static Received of(ConsumerRecord<byte[], byte[]> from) {
    var headers = new HashMap<String, String>();
    from.headers().forEach(header -> headers.put(header.key(), text(header.value())));
    return new Received(
        from.topic(),
        from.partition(),
        from.offset(),
        Optional.ofNullable(from.key()).map(Received::text),
        text(from.value()),
        headers);
  }

  /// The header `event_id`; empty where there is none.
  public String eventId() {
    return headers.getOrDefault("event_id", "");
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
