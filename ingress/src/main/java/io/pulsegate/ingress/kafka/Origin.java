package io.pulsegate.ingress.kafka;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Where a record stands, as a text that stays within what an idempotency key may be:
/// `kafka/source/topic/partition/offset`. A long topic stands there by its hash.
final class Origin {
  private static final int TOPIC_CHARS_MAX = 128;

  private Origin() {}

  static String of(String source, ConsumerRecord<byte[], byte[]> record) {
    return "kafka/%s/%s/%d/%d"
        .formatted(source, shortened(record.topic()), record.partition(), record.offset());
  }

  private static String shortened(String topic) {
    if (topic.length() <= TOPIC_CHARS_MAX) {
      return topic;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(topic.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
