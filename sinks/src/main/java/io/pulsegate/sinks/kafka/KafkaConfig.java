package io.pulsegate.sinks.kafka;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings of the Kafka sink.
///
/// @param address topic and key of each event
/// @param deadLetterTopic topic that dead letters are copied into
/// @param recordTime what a record's time says
/// @param clientProperties what every client of the connection needs
/// @param producerProperties what the producer needs beside those
/// @param idempotent whether the brokers recognise what the producer sends again by itself
/// @param maxRetries how often a record that is refused for no known reason is sent again
/// @param connectTimeout longest wait for what the brokers know about topics
/// @param timeout longest wait for the acknowledgement of a record
record KafkaConfig(
    Address address,
    Optional<String> deadLetterTopic,
    RecordTime recordTime,
    Map<String, String> clientProperties,
    Map<String, String> producerProperties,
    boolean idempotent,
    int maxRetries,
    Duration connectTimeout,
    Duration timeout) {
  static final Setting<String> BOOTSTRAP_SERVERS =
      Setting.string("bootstrap_servers", "Some of the brokers: host:port, separated by commas.")
          .orElse("localhost:9092");
  static final Setting<String> TOPIC =
      Setting.string(
              "topic",
              "Topic the events go into; may hold {tenant}, {event_type}, {dialect} and {source}."
                  + " It must exist.")
          .orElse("events");
  static final Setting<String> KEY =
      Setting.string(
              "key",
              "Key of the records: order is kept by key. May hold {partition_key}, {tenant},"
                  + " {event_type}, {event_id}, {dialect}, {source} and fields of the payload such as"
                  + " {payload.user.id}. An event that lacks one of them has no key.")
          .orElse("{partition_key}");
  static final Setting<String> DEAD_LETTER_TOPIC =
      Setting.string(
              "dead_letter_topic",
              "Topic that every dead letter of the server, whatever its sink, is copied into. It"
                  + " must exist.")
          .asOptional();
  static final Setting<RecordTime> RECORD_TIME =
      Setting.choice(
              "record_time",
              RecordTime.class,
              "What a record's time says. Brokers delete by it: with any other than sent, what is"
                  + " older than the topic's retention when it is delivered is gone at once.")
          .orElse("sent");
  static final Setting<String> CLIENT_ID =
      Setting.string("client_id", "Name the brokers know this client by.").orElse("pulsegate");
  static final Setting<Compression> COMPRESSION_TYPE =
      Setting.choice("compression_type", Compression.class, "How batches are compressed.")
          .orElse("lz4");
  static final Setting<String> ACKS =
      Setting.string(
              "acks",
              "Who must have a record before it counts as delivered: all in-sync replicas, 1 (the"
                  + " leader) or 0 (nobody). Anything but all loses records when a broker fails.")
          .orElse("all");
  static final Setting<Integer> MAX_IN_FLIGHT =
      Setting.integer(
              "max_in_flight",
              1,
              1_000,
              "Requests to one broker that may wait for their acknowledgement. More than 5 cannot"
                  + " be idempotent.")
          .orElse("5");
  static final Setting<Integer> MAX_RETRIES =
      Setting.integer(
              "max_retries",
              0,
              1_000,
              "How often a single record that a broker refuses for a reason of its own is sent"
                  + " again before it becomes a dead letter. An outage is not counted.")
          .orElse("3");
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration("connect_timeout", "Longest wait for what the brokers say about topics.")
          .orElse("10s");
  static final Setting<Duration> TIMEOUT =
      Setting.duration("timeout", "Longest wait for the acknowledgement of a record, 1s to 50s.")
          .orElse("30s");
  static final Setting<Security> SECURITY =
      Setting.choice("security", Security.class, "How the connection is protected.")
          .orElse("plaintext");
  static final Setting<SaslMechanism> SASL_MECHANISM =
      Setting.choice("sasl_mechanism", SaslMechanism.class, "How name and password are proven.")
          .orElse("plain");
  static final Setting<String> USERNAME =
      Setting.string("username", "Name to come in by, with SASL.").asOptional();
  static final Setting<String> PASSWORD =
      Setting.string("password", "Password to come in by, with SASL.").asOptional().asSecret();
  static final Setting<String> CA_FILE =
      Setting.string(
              "ca_file",
              "PEM file with the certificates that the brokers' are checked against. Default: those"
                  + " of the Java runtime.")
          .asOptional();
  static final Setting<String> CERTIFICATE_FILE =
      Setting.string(
              "certificate_file",
              "PEM file with this client's private key and certificate, in one.")
          .asOptional();
  static final Setting<String> PROPERTIES =
      Setting.string(
              "properties",
              "Any other setting of Kafka's producer, one name=value a line, such as linger.ms=20.")
          .asOptional()
          .asSecret();

  static final ComponentSpec<KafkaConfig> SPEC =
      new ComponentSpec<>(
          "kafka",
          "Delivers into Kafka topics, at least once, in order by key.",
          List.of(
              BOOTSTRAP_SERVERS,
              TOPIC,
              KEY,
              DEAD_LETTER_TOPIC,
              RECORD_TIME,
              CLIENT_ID,
              COMPRESSION_TYPE,
              ACKS,
              MAX_IN_FLIGHT,
              MAX_RETRIES,
              CONNECT_TIMEOUT,
              TIMEOUT,
              SECURITY,
              SASL_MECHANISM,
              USERNAME,
              PASSWORD,
              CA_FILE,
              CERTIFICATE_FILE,
              PROPERTIES),
          KafkaConfig::read);

  KafkaConfig {
    clientProperties = Map.copyOf(clientProperties);
    producerProperties = Map.copyOf(producerProperties);
    if (address.topic().isConstant()) {
      requireLegal(TOPIC, address.topic().toString());
    }
    deadLetterTopic.ifPresent(topic -> requireLegal(DEAD_LETTER_TOPIC, topic));
    requireBetween(CONNECT_TIMEOUT, connectTimeout, 1, 30);
    requireBetween(TIMEOUT, timeout, 1, 50);
  }

  /// Whether the partition of a record is the one that Kafka's own partitioner gives to the event's
  /// partition key.
  boolean partitionsByKey() {
    return address.key().isOnly(Field.PARTITION_KEY)
        && !producerProperties.containsKey("partitioner.class")
        && !Boolean.parseBoolean(producerProperties.get("partitioner.ignore.keys"));
  }

  private static KafkaConfig read(Settings settings) {
    ProducerSettings producer = ProducerSettings.read(settings);
    return new KafkaConfig(
        new Address(
            template(settings, TOPIC, Field.IN_TOPIC), template(settings, KEY, Field.ANYWHERE)),
        settings.find(DEAD_LETTER_TOPIC),
        settings.get(RECORD_TIME),
        ClientSettings.read(settings),
        producer.properties(),
        producer.idempotent(),
        settings.get(MAX_RETRIES),
        settings.get(CONNECT_TIMEOUT),
        settings.get(TIMEOUT));
  }

  private static Template template(
      Settings settings, Setting<String> setting, java.util.Set<Field> allowed) {
    try {
      return Template.parse(settings.get(setting), allowed);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.name() + " " + e.getMessage(), e);
    }
  }

  private static void requireLegal(Setting<String> setting, String topic) {
    if (!TopicName.isLegal(topic)) {
      throw new IllegalArgumentException(
          "%s is 1 to 249 letters, digits, '.', '_' or '-', not beginning with \"__\"; was \"%s\""
              .formatted(setting.name(), topic));
    }
  }

  private static void requireBetween(
      Setting<Duration> setting, Duration value, int minSeconds, int maxSeconds) {
    if (value.toMillis() < minSeconds * 1_000L || value.toMillis() > maxSeconds * 1_000L) {
      throw new IllegalArgumentException(
          "%s is from %ds to %ds, was %dms"
              .formatted(setting.name(), minSeconds, maxSeconds, value.toMillis()));
    }
  }

  /// Does not show the properties: they may hold secrets.
  @Override
  public String toString() {
    return "kafka " + clientProperties.getOrDefault("bootstrap.servers", "");
  }
}
