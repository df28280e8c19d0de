package io.pulsegate.testkit;

/// What a sink may say it does not promise; the contract then leaves those tests out, visibly.
public enum Promise {
  /// The destination can be taken down and brought back by the test.
  OUTAGE,
  /// Two owners can have the destination open at once. Cursor-keeping sinks only.
  TWO_OWNERS,
  /// There are events that the destination refuses for what is in them.
  REJECTIONS,
  /// The destination can refuse one tenant and take the others.
  TENANT_REFUSED,
  /// The test can make the destination too slow to answer.
  SLOW,

  // --- sinks that keep no cursor, from here on

  /// All events of a tenant arrive in log order.
  LANE_ORDER,
  /// Events of a tenant with the same partition key arrive in log order.
  KEY_ORDER,
  /// The very same batch, written again by the same sink, is at the destination once.
  SAME_BATCH_ONCE,
  /// What was written before a crash is at the destination once, although it comes again, in the
  /// same batch or in a longer one.
  ONCE_AFTER_CRASH
}
