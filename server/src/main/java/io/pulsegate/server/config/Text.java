package io.pulsegate.server.config;

/// A value as it was written, environment variables expanded, and where it stands.
///
/// @param place `line 12`, or the flag or variable that gave it
record Text(String value, String place) {
  /// Does not show the value: it may be a secret.
  @Override
  public String toString() {
    return "text of " + place;
  }
}
