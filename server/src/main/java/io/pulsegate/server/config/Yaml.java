package io.pulsegate.server.config;

import java.util.List;
import java.util.Map;

/// A YAML document as far as configuration needs it: texts, lists, maps with text keys, and lines.
sealed interface Yaml {
  /// Line of its first character, counted from 1.
  int line();

  /// @param plain written without quotes, so that `1` and `true` are a number and a truth value,
  ///   and nothing is null
  record Scalar(String value, boolean plain, int line) implements Yaml {
    /// A text.
    Scalar(String value, int line) {
      this(value, false, line);
    }

    Text text() {
      return new Text(value, "line " + line);
    }

    /// Does not show the value: it may be a secret.
    @Override
    public String toString() {
      return "scalar at line " + line;
    }
  }

  record Sequence(List<Yaml> items, int line) implements Yaml {}

  /// @param entries in the order of the file
  record Mapping(Map<String, Entry> entries, int line) implements Yaml {
    static final Mapping EMPTY = new Mapping(Map.of(), 1);
  }

  /// @param line of the key
  record Entry(Yaml value, int line) {}
}
