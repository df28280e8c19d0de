package io.pulsegate.log;

/// Sizes of a log. All but the defaults exist for tests and small machines.
///
/// @param segmentBytes size at which a segment is sealed and the next begun
/// @param commitBytesMax most bytes written and synced at once; a multiple of 4 KiB
/// @param maxBodyBytes largest body of one append
/// @param pendingBytesMax bound on what waits for its sync; beyond it appends are refused as busy
/// @param reserveBytes space the log leaves free on its disk, for cursors and dead letters
/// @param indexBytes one entry of a segment's index covers at least so many bytes
/// @param recycle whether files of segments that have gone are written over again, which is faster
///   than to begin new ones
/// @param prepare whether a file is written with zeros ahead of need where none is ready to be
///   written over; only with `recycle`
/// @param tailCommits how many of the largest commits stay in memory for readers at the log's end;
///   0 for none
public record LogConfig(
    long segmentBytes,
    int commitBytesMax,
    int maxBodyBytes,
    long pendingBytesMax,
    long reserveBytes,
    int indexBytes,
    boolean recycle,
    boolean prepare,
    int tailCommits) {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;
  private static final int TAIL_COMMITS = 4;

  public LogConfig {
    if (commitBytesMax % Format.PAGE != 0 || commitBytesMax > Format.COMMIT_BYTES_LIMIT) {
      throw new IllegalArgumentException(
          "commitBytesMax must be a multiple of 4 KiB up to 4 MiB, was " + commitBytesMax);
    }
    if (maxBodyBytes < 0 || maxBodyBytes > Format.BODY_BYTES_LIMIT) {
      throw new IllegalArgumentException("maxBodyBytes out of range: " + maxBodyBytes);
    }
    int frameMax = Format.frameBytes(Format.LANE_BYTES_MAX, maxBodyBytes);
    if (Format.BLOCK_HEADER_BYTES + frameMax > commitBytesMax) {
      throw new IllegalArgumentException(
          "commitBytesMax " + commitBytesMax + " cannot hold a body of " + maxBodyBytes);
    }
    if (pendingBytesMax < frameMax) {
      throw new IllegalArgumentException(
          "pendingBytesMax " + pendingBytesMax + " cannot hold a body of " + maxBodyBytes);
    }
    if (segmentBytes < 1 || reserveBytes < 0 || indexBytes < 1 || tailCommits < 0) {
      throw new IllegalArgumentException(
          "sizes must be positive: %d, %d, %d, %d"
              .formatted(segmentBytes, reserveBytes, indexBytes, tailCommits));
    }
  }

  public static LogConfig defaults() {
    return new LogConfig(
        256L * MIB,
        4 * MIB,
        MIB + 64 * KIB,
        32L * MIB,
        64L * MIB,
        256 * KIB,
        true,
        true,
        TAIL_COMMITS);
  }

  /// Without recycling.
  public LogConfig(
      long segmentBytes,
      int commitBytesMax,
      int maxBodyBytes,
      long pendingBytesMax,
      long reserveBytes,
      int indexBytes) {
    this(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        false,
        false,
        TAIL_COMMITS);
  }

  public LogConfig withSegmentBytes(long bytes) {
    return new LogConfig(
        bytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        recycle,
        prepare,
        tailCommits);
  }

  /// Also lowers the largest body and raises the reserve where they would not fit.
  public LogConfig withCommitBytesMax(int bytes) {
    int body = Math.min(maxBodyBytes, bytes - Format.PAGE);
    return new LogConfig(
        segmentBytes,
        bytes,
        body,
        pendingBytesMax,
        Math.max(reserveBytes, 2L * bytes),
        indexBytes,
        recycle,
        prepare,
        tailCommits);
  }

  public LogConfig withMaxBodyBytes(int bytes) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        bytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        recycle,
        prepare,
        tailCommits);
  }

  public LogConfig withPendingBytesMax(long bytes) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        bytes,
        reserveBytes,
        indexBytes,
        recycle,
        prepare,
        tailCommits);
  }

  public LogConfig withReserveBytes(long bytes) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        bytes,
        indexBytes,
        recycle,
        prepare,
        tailCommits);
  }

  public LogConfig withIndexBytes(int bytes) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        bytes,
        recycle,
        prepare,
        tailCommits);
  }

  public LogConfig withRecycle(boolean recycled) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        recycled,
        prepare,
        tailCommits);
  }

  public LogConfig withPrepare(boolean prepared) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        recycle,
        prepared,
        tailCommits);
  }

  public LogConfig withTailCommits(int commits) {
    return new LogConfig(
        segmentBytes,
        commitBytesMax,
        maxBodyBytes,
        pendingBytesMax,
        reserveBytes,
        indexBytes,
        recycle,
        prepare,
        commits);
  }
}
