package io.pulsegate.embedded;

import io.pulsegate.api.Durability;
import java.time.Duration;

/// What became of a pushed event.
public sealed interface Receipt {
  /// It is as safe as `durability` says.
  ///
  /// @param duplicate whether it was there before; the first one stays
  /// @param partition of the log
  /// @param offset its entry; -1 where it is a duplicate or not known yet
  record Stored(Durability durability, boolean duplicate, int partition, long offset)
      implements Receipt {}

  /// It will never be taken as it is.
  ///
  /// @param code stable, such as `missing_event_type`
  record Refused(String code, String reason) implements Receipt {}

  /// It was not taken now: too much is under way, the log cannot accept, or the gate is closed.
  record NotNow(Duration retryAfter, String reason) implements Receipt {}
}
