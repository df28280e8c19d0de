package io.pulsegate.api;

/// Makes the dialect of one wire format; found by ServiceLoader.
public interface DialectFactory {
  /// The name of the dialect, as it stands in the configuration and in the canonical event.
  String name();

  /// Makes a dialect that keeps to these limits.
  Dialect create(DialectLimits limits);
}
