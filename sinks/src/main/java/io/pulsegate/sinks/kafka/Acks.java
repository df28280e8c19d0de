package io.pulsegate.sinks.kafka;

import java.util.stream.Stream;

/// Who must have a record before it counts as delivered.
enum Acks {
  ALL("all"),
  LEADER("1"),
  NONE("0");

  /// Kafka's word for it.
  final String text;

  Acks(String text) {
    this.text = text;
  }

  /// Reads Kafka's words; `-1` is `all`.
  static Acks parse(String text) {
    String word = text.strip().equals("-1") ? ALL.text : text.strip();
    return Stream.of(values())
        .filter(acks -> acks.text.equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("acks must be all, 1 or 0, was \"" + text + "\""));
  }
}
