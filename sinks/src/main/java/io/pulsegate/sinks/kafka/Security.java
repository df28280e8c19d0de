package io.pulsegate.sinks.kafka;

/// How the connection is protected.
enum Security {
  PLAINTEXT("PLAINTEXT", false),
  TLS("SSL", false),
  SASL_PLAINTEXT("SASL_PLAINTEXT", true),
  SASL_TLS("SASL_SSL", true);

  /// Kafka's name for it.
  final String protocol;

  /// Whether a name and a password are asked for.
  final boolean hasPassword;

  Security(String protocol, boolean hasPassword) {
    this.protocol = protocol;
    this.hasPassword = hasPassword;
  }
}
