package io.pulsegate.server.replays;

import io.pulsegate.json.JsonWriter;
import java.util.Optional;

/// A replay under way. Any thread.
interface Work {
  /// How far it has come, as a JSON object.
  JsonWriter result();

  /// Percent of its range that is behind it.
  int percent();

  boolean isDone();

  /// Why it will not come to its end by itself.
  Optional<String> failure();

  /// Why it waits; empty while it gets on.
  String waitsFor();

  /// Ends it; returns when nothing is written any more.
  void stop();
}
