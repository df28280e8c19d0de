package io.pulsegate.testkit;

/// What a sink may say it does not promise; the contract then leaves those tests out, visibly.
public enum Promise {
  /// The destination can be taken down and brought back by the test.
  OUTAGE,
  /// Two owners can have the destination open at once.
  TWO_OWNERS
}
