package io.pulsegate.core.delivery;

import java.util.function.LongSupplier;

/// How long every sink could be down before new events are refused, at the present pace: until the
/// disk is full, or until as much waits as may. Told by one thread, asked by any.
final class OutageHours {
  private final GrowthRate written;
  private final GrowthRate accepted;
  private volatile Backlog backlog = new Backlog(Long.MAX_VALUE, () -> 0);

  private record Backlog(long bytesMax, LongSupplier bytes) {
    long room() {
      return Math.max(0, bytesMax - bytes.getAsLong());
    }
  }

  /// @param acceptedBytes payload bytes accepted so far
  OutageHours(LongSupplier nanoTime, long acceptedBytes) {
    this.written = new GrowthRate(nanoTime, 0);
    this.accepted = new GrowthRate(nanoTime, acceptedBytes);
  }

  /// Payload bytes that may wait for the slowest sink, and how many do.
  void limit(long bytesMax, LongSupplier backlogBytes) {
    backlog = new Backlog(bytesMax, backlogBytes);
  }

  /// Notes how much the log has written since the start, and how much payload was accepted ever.
  void passed(long writtenBytes, long acceptedBytes) {
    written.written(writtenBytes);
    accepted.written(acceptedBytes);
  }

  /// Hours left, if the log may take so many more bytes of disk; at most a year.
  double left(long diskBytes) {
    return Math.min(written.hoursFor(Math.max(0, diskBytes)), accepted.hoursFor(backlog.room()));
  }
}
