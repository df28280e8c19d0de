package io.pulsegate.api;

import java.util.Locale;

/// The transport an event came in by.
public enum Source {
  HTTP(0),
  GRPC(1),
  KAFKA(2);

  private final int code;

  Source(int code) {
    this.code = code;
  }

  /// The number that stands in the log.
  int code() {
    return code;
  }

  static Source ofCode(int code) {
    for (Source source : values()) {
      if (source.code == code) {
        return source;
      }
    }
    throw new IllegalArgumentException("no source has the code " + code);
  }

  /// The name as it stands in the canonical event.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
