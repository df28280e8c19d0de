package io.pulsegate.server;

/// Who may use how much of the `memory` setting. The start script gives half of it to the heap; the
/// rest is for databases inside the process, for buffers outside the heap and for the virtual
/// machine itself.
///
/// @param inFlightBytes of requests held at once, in the heap
/// @param inFlightPerTenantBytes of one tenant
/// @param deduplicationBytes for the keys of the deduplication window
/// @param sinkBytes for each sink
record MemoryPlan(
    long totalBytes,
    long heapBytes,
    long inFlightBytes,
    long inFlightPerTenantBytes,
    long deduplicationBytes,
    long sinkBytes) {
  private static final long MIB = 1L << 20;

  /// What a busy server takes outside the heap and the sinks, measured: classes and compiled code,
  /// DuckDB's library, buffers of the sockets and the log, stacks.
  private static final long REST_BYTES = 150 * MIB;

  /// @param inflatedBytesMax largest body after inflating: one always fits, as it was sent and
  ///   inflated, so that a request within the limits is never throttled when it comes alone
  static MemoryPlan of(long totalBytes, long heapBytes, int sinks, long inflatedBytesMax) {
    long wholeRequest = 2 * inflatedBytesMax;
    long inFlight = Math.max(heapBytes / 4, wholeRequest);
    return new MemoryPlan(
        totalBytes,
        heapBytes,
        inFlight,
        Math.max(inFlight / 2, wholeRequest),
        heapBytes / 8,
        sinkBytes(totalBytes, heapBytes, Math.max(sinks, 1)));
  }

  /// Three tenths for the sinks, where that leaves enough for the rest; 64 MiB in any case, as
  /// DuckDB does not run with less.
  private static long sinkBytes(long totalBytes, long heapBytes, int sinks) {
    long all = Math.min(totalBytes * 3 / 10, totalBytes - heapBytes - REST_BYTES);
    return Math.max(all / sinks, 64 * MIB);
  }

  /// One line for a person.
  String text(int sinks) {
    return "%d MiB: heap %d (requests %d, deduplication %d), each of %d sink%s %d, the rest buffers and the virtual machine"
        .formatted(
            totalBytes / MIB,
            heapBytes / MIB,
            inFlightBytes / MIB,
            deduplicationBytes / MIB,
            sinks,
            sinks == 1 ? "" : "s",
            sinkBytes / MIB);
  }
}
