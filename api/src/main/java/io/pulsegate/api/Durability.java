package io.pulsegate.api;

import java.util.Locale;

/// What a positive reply means.
public enum Durability {
  /// Replied when the event was taken into the bounded buffer in front of the log.
  MEMORY,
  /// Replied after the sync that covers the event.
  DISK;

  /// The name as it stands in replies and configuration.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
