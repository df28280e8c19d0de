package io.pulsegate.core;

import java.util.Locale;

/// What a key may do, always within its own tenant.
public enum KeyScope {
  /// Send events.
  INGEST,
  /// See the tenant's settings, lag and dead letters.
  READ,
  /// Change the tenant's keys and dead letters.
  ADMIN;

  /// As it stands in configuration, replies and in the key itself.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
