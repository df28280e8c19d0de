package io.pulsegate.sinks.kafka;

import java.util.regex.Pattern;

/// What Kafka takes as the name of a topic, but for those it keeps for itself.
final class TopicName {
  private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  private TopicName() {}

  /// Whether events may go there.
  static boolean isLegal(String name) {
    return LEGAL.matcher(name).matches()
        && !name.equals(".")
        && !name.equals("..")
        && !name.startsWith("__");
  }
}
