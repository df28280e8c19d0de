package io.pulsegate.log;

/// Why an append was not taken.
public enum Refusal {
  /// The bound on pending bytes is reached; try again soon.
  BUSY,
  /// Free space is down to the reserve; appends are taken again once there is more.
  DISK_FULL,
  /// A write or sync failed: this log takes nothing more until it is opened again.
  FAILED,
  /// The log is closed, or being closed.
  CLOSED
}
