package io.pulsegate.log;

/// Whether the log takes appends, and why not.
///
/// @param reason one sentence for an operator; empty while accepting
public record LogState(Status status, String reason) {
  /// What an append would meet.
  public enum Status {
    ACCEPTING,
    DISK_FULL,
    FAILED,
    CLOSED
  }

  static final LogState ACCEPTING = new LogState(Status.ACCEPTING, "");
}
