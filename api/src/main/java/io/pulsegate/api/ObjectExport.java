package io.pulsegate.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A sink that gathers events and sends them as objects now and then. Any thread.
public interface ObjectExport {
  /// An object that was stored.
  ///
  /// @param first offset
  /// @param last offset
  record Sent(String bucket, String key, long events, long first, long last, Instant at) {}

  /// Sends what has gathered, without waiting until it is large or old enough.
  ///
  /// @return why not all of it is there
  Optional<WriteResult.Unavailable> sendNow(Duration timeout) throws InterruptedException;

  /// Tells somebody of every object from now on: on the sink's thread, so that he must be quick.
  void onSent(Consumer<Sent> listener);

  /// Since when the oldest event waits that has gathered and is in no object yet.
  Optional<Instant> gatheredSince();

  /// What it was told, secrets left out.
  Map<String, String> settings();
}
