package io.pulsegate.api;

/// What must not even be stored of an event, such as an address under a strict privacy level.
///
/// Deterministic, no I/O, any thread. An exception fails the request: nothing is stored raw.
@FunctionalInterface
public interface Redaction {
  /// The payload as it may be stored: a JSON value again. The same object where nothing is to be
  /// taken out.
  Bytes apply(Bytes payload);
}
