package io.pulsegate.client;

/// Why the client let go of an event that the server has not refused.
public enum DropReason {
  /// The queue, or the spool, was at its bound when the event was tracked.
  QUEUE_FULL,
  /// The event alone is larger than the limit.
  TOO_LARGE,
  /// The event cannot be written as JSON: nested too deeply, without a type, or its own methods
  /// failed.
  INVALID,
  /// It was tracked after `close`.
  CLOSED,
  /// It was waiting in memory when the time limit of `close` passed. It may have arrived all the
  /// same, if it was on its way. With a spool this does not happen: it is sent after the next
  /// start.
  UNSENT_AT_CLOSE
}
