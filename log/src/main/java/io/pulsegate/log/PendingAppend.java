package io.pulsegate.log;

import org.jspecify.annotations.Nullable;

/// One append on its way through the log, and what the committer found out about it.
final class PendingAppend {
  final Append append;
  final String lane; // as checked: the committer does not ask again
  final int bodyBytes;
  final int frameBytes;
  final int count;

  /// Where it was stored, or -1.
  long firstOffset = -1;

  /// Whether the caller has been told already.
  boolean settled;

  @Nullable PendingAppend next;

  PendingAppend(Append append, String lane, int bodyBytes, int frameBytes, int count) {
    this.append = append;
    this.lane = lane;
    this.bodyBytes = bodyBytes;
    this.frameBytes = frameBytes;
    this.count = count;
  }
}
