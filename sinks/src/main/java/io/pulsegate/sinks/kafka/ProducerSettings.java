package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;

/// Kafka's names for what the producer needs.
///
/// @param idempotent whether the brokers recognise what the producer sends again by itself
record ProducerSettings(Map<String, String> properties, boolean idempotent) {
  private static final int IDEMPOTENT_IN_FLIGHT_MAX = 5;

  /// Largest request: the brokers and topics decide what is too large for them, so that it is above
  /// what an event can be.
  private static final int REQUEST_BYTES_MAX = 16 << 20;

  private static final String IDEMPOTENCE = "enable.idempotence";

  /// What has a setting of its own here, or is ours to decide.
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "client.id",
          "compression.type",
          "acks",
          "max.in.flight.requests.per.connection",
          "retries",
          "delivery.timeout.ms",
          "security.protocol",
          "sasl.mechanism",
          "key.serializer",
          "value.serializer",
          "transactional.id");

  static ProducerSettings read(Settings settings) {
    Map<String, String> given = given(settings);
    Acks acks = Acks.parse(settings.get(KafkaConfig.ACKS));
    int inFlight = settings.get(KafkaConfig.MAX_IN_FLIGHT);
    boolean wanted = Boolean.parseBoolean(given.getOrDefault(IDEMPOTENCE, "true"));
    boolean idempotent = wanted && acks == Acks.ALL && inFlight <= IDEMPOTENT_IN_FLIGHT_MAX;
    long timeoutMillis = settings.get(KafkaConfig.TIMEOUT).toMillis();
    var producer = new HashMap<String, String>();
    producer.put("acks", acks.text);
    producer.put(
        "compression.type",
        settings.get(KafkaConfig.COMPRESSION_TYPE).name().toLowerCase(Locale.ROOT));
    producer.put("max.in.flight.requests.per.connection", String.valueOf(inFlight));
    // Kafka's client sends again until the time is over; what a single record may is ours to count.
    producer.put("delivery.timeout.ms", String.valueOf(timeoutMillis));
    producer.put("request.timeout.ms", String.valueOf(timeoutMillis / 2));
    producer.put("max.block.ms", String.valueOf(Math.min(timeoutMillis, 10_000)));
    producer.put("max.request.size", String.valueOf(REQUEST_BYTES_MAX));
    producer.put("batch.size", String.valueOf(64 << 10));
    producer.putAll(given);
    producer.put(IDEMPOTENCE, String.valueOf(idempotent));
    return new ProducerSettings(Map.copyOf(producer), idempotent);
  }

  private static Map<String, String> given(Settings settings) {
    var properties = new Properties();
    try {
      properties.load(new StringReader(settings.find(KafkaConfig.PROPERTIES).orElse("")));
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory was read", e);
    }
    var given = new HashMap<String, String>();
    for (String name : properties.stringPropertyNames()) {
      if (OURS.contains(name)) {
        throw new IllegalArgumentException(
            "%s must not hold %s: it has a setting of its own, or is decided by the sink"
                .formatted(KafkaConfig.PROPERTIES.name(), name));
      }
      if (!ProducerConfig.configNames().contains(name)) {
        throw new IllegalArgumentException(
            "%s holds %s, which Kafka's producer does not know"
                .formatted(KafkaConfig.PROPERTIES.name(), name));
      }
      given.put(name, properties.getProperty(name));
    }
    return given;
  }
}
