package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Kafka's names for what every client of the connection needs: addresses, TLS, SASL.
final class ClientSettings {
  private static final List<Setting<String>> OF_SASL =
      List.of(KafkaConfig.USERNAME, KafkaConfig.PASSWORD);

  private ClientSettings() {}

  static Map<String, String> read(Settings settings) {
    var client = new HashMap<String, String>();
    client.put("bootstrap.servers", settings.get(KafkaConfig.BOOTSTRAP_SERVERS));
    client.put("client.id", settings.get(KafkaConfig.CLIENT_ID));
    Security security = settings.get(KafkaConfig.SECURITY);
    client.put("security.protocol", security.protocol);
    settings
        .find(KafkaConfig.CA_FILE)
        .ifPresent(file -> {
          client.put("ssl.truststore.type", "PEM");
          client.put("ssl.truststore.location", file);
        });
    settings
        .find(KafkaConfig.CERTIFICATE_FILE)
        .ifPresent(file -> {
          client.put("ssl.keystore.type", "PEM");
          client.put("ssl.keystore.location", file);
        });
    if (security.hasPassword) {
      SaslMechanism mechanism = settings.get(KafkaConfig.SASL_MECHANISM);
      client.put("sasl.mechanism", mechanism.text);
      client.put(
          "sasl.jaas.config",
          "%s required username=%s password=%s;"
              .formatted(
                  mechanism.loginModule,
                  quoted(required(settings, KafkaConfig.USERNAME)),
                  quoted(required(settings, KafkaConfig.PASSWORD))));
    } else {
      for (Setting<String> setting : OF_SASL) {
        if (settings.find(setting).isPresent()) {
          throw new IllegalArgumentException(
              setting.name() + " needs security: sasl_tls (or sasl_plaintext)");
        }
      }
    }
    return client;
  }

  private static String required(Settings settings, Setting<String> setting) {
    Optional<String> value = settings.find(setting);
    return value.orElseThrow(
        () -> new IllegalArgumentException(setting.name() + " is missing: SASL needs it"));
  }

  /// As JAAS reads it.
  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
