package io.pulsegate.sinks.kafka;

/// How name and password are proven.
enum SaslMechanism {
  PLAIN("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule"),
  SCRAM_SHA_256("SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"),
  SCRAM_SHA_512("SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule");

  /// Kafka's name for it.
  final String text;

  /// Kafka's class for it.
  final String loginModule;

  SaslMechanism(String text, String loginModule) {
    this.text = text;
    this.loginModule = loginModule;
  }
}
