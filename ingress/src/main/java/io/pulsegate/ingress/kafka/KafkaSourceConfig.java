package io.pulsegate.ingress.kafka;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.api.TenantId;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/// Settings of one source of events in Kafka.
///
/// @param topics what to read; empty where `pattern` says it
/// @param pattern names of topics to read, those that come later included
/// @param tenant whose events they are
/// @param dialect name of the wire format of the records' values
/// @param properties of Kafka's consumer
public record KafkaSourceConfig(
    List<String> topics,
    Optional<Pattern> pattern,
    TenantId tenant,
    String dialect,
    Map<String, String> properties) {
  static final Setting<String> BOOTSTRAP_SERVERS =
      Setting.string("bootstrap_servers", "Some of the brokers: host:port, separated by commas.")
          .orElse("localhost:9092");
  static final Setting<String> TOPICS =
      Setting.string("topics", "Topics to read, separated by commas; or pattern.").asOptional();
  static final Setting<String> PATTERN =
      Setting.string(
              "pattern",
              "Regular expression of whole names of topics to read, those that are made later"
                  + " included; or topics.")
          .asOptional();
  static final Setting<String> TENANT = Setting.string("tenant", "Tenant whose events they are.");
  static final Setting<String> DIALECT =
      Setting.string("dialect", "Wire format of the records' values.").orElse("native");
  static final Setting<String> GROUP =
      Setting.string("group", "Consumer group: processes of one group share the partitions.")
          .orElse("pulsegate");
  static final Setting<Start> START =
      Setting.choice(
              "start", Start.class, "Where a partition begins that the group has not read yet.")
          .orElse("earliest");
  static final Setting<Integer> MAX_RECORDS =
      Setting.integer(
              "max_records",
              1,
              10_000,
              "Most records taken in one turn; as many may come twice after a rebalance.")
          .orElse("500");
  static final Setting<String> PROPERTIES =
      Setting.string(
              "properties",
              "Any other setting of Kafka's consumer, one name=value a line, such as"
                  + " security.protocol=SASL_SSL.")
          .asOptional()
          .asSecret();

  /// Where a partition begins.
  enum Start {
    EARLIEST,
    LATEST
  }

  /// The declaration.
  public static final ComponentSpec<KafkaSourceConfig> SPEC =
      new ComponentSpec<>(
          "kafka",
          "Reads events from Kafka topics; offsets are committed after the events are synced here.",
          List.of(
              BOOTSTRAP_SERVERS,
              TOPICS,
              PATTERN,
              TENANT,
              DIALECT,
              GROUP,
              START,
              MAX_RECORDS,
              PROPERTIES),
          KafkaSourceConfig::read);

  /// What has a setting of its own here, or is ours to decide.
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "group.id",
          "auto.offset.reset",
          "max.poll.records",
          "enable.auto.commit",
          "key.deserializer",
          "value.deserializer");

  public KafkaSourceConfig {
    topics = List.copyOf(topics);
    properties = Map.copyOf(properties);
    if (topics.isEmpty() == pattern.isEmpty()) {
      throw new IllegalArgumentException("one of topics and pattern says what to read");
    }
  }

  private static KafkaSourceConfig read(Settings settings) {
    var properties = new HashMap<String, String>();
    properties.put("isolation.level", "read_committed");
    properties.put("client.id", "pulsegate");
    properties.putAll(given(settings));
    properties.put("bootstrap.servers", settings.get(BOOTSTRAP_SERVERS));
    properties.put("group.id", settings.get(GROUP));
    properties.put("auto.offset.reset", settings.get(START).name().toLowerCase(Locale.ROOT));
    properties.put("max.poll.records", String.valueOf(settings.get(MAX_RECORDS)));
    properties.put("enable.auto.commit", "false");
    return new KafkaSourceConfig(
        Stream.of(settings.find(TOPICS).orElse("").split(",", -1))
            .map(String::strip)
            .filter(topic -> !topic.isEmpty())
            .toList(),
        settings.find(PATTERN).map(KafkaSourceConfig::pattern),
        new TenantId(settings.get(TENANT)),
        settings.get(DIALECT),
        properties);
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("pattern is no regular expression: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> given(Settings settings) {
    var properties = new Properties();
    try {
      properties.load(new StringReader(settings.find(PROPERTIES).orElse("")));
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory was read", e);
    }
    var given = new HashMap<String, String>();
    for (String name : properties.stringPropertyNames()) {
      if (OURS.contains(name)) {
        throw new IllegalArgumentException(
            "properties must not hold %s: it has a setting of its own, or is decided here"
                .formatted(name));
      }
      if (!ConsumerConfig.configNames().contains(name)) {
        throw new IllegalArgumentException(
            "properties holds %s, which Kafka's consumer does not know".formatted(name));
      }
      given.put(name, properties.getProperty(name));
    }
    return given;
  }

  /// Does not show the properties: they may hold secrets.
  @Override
  public String toString() {
    return "kafka " + (topics.isEmpty() ? pattern.map(Pattern::pattern).orElse("") : topics);
  }
}
