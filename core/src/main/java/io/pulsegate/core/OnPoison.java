package io.pulsegate.core;

/// What becomes of an event that a sink or a transform will never take.
public enum OnPoison {
  /// It becomes a dead letter, and those behind it go on.
  DEAD_LETTER,
  /// It waits for a person, and its tenant's events behind it wait with it.
  HALT
}
