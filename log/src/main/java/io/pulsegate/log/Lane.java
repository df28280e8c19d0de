package io.pulsegate.log;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/// One lane's running totals. Fields belong to the committer, but for [#durable].
final class Lane {
  final String name;
  final byte[] utf8;

  /// The granules of the open segment in which the lane has frames.
  final BitSet granules = new BitSet();

  /// With every frame that has its place, synced or not.
  long entries;

  long bytes;

  /// Whether it has frames in the commit being formed.
  boolean touched;

  private volatile Totals durable = Totals.ZERO;

  Lane(String name) {
    this.name = name;
    this.utf8 = name.getBytes(StandardCharsets.UTF_8);
  }

  void set(Totals totals) {
    entries = totals.entries();
    bytes = totals.bytes();
    durable = totals;
  }

  void add(Admitted live) {
    entries += live.entries();
    bytes += live.bytes();
  }

  /// With every synced frame; any thread.
  Totals durable() {
    return durable;
  }

  void publish() {
    durable = new Totals(entries, bytes);
  }
}
