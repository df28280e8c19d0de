package io.pulsegate.log;

import java.io.IOException;
import java.lang.System.Logger.Level;

/// Meets a full disk before a write does: the reserve stays free. Any thread asks for the state;
/// the committer asks for room.
final class SpaceGuard {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final Disk disk;
  private final long reserveBytes;
  private final long commitBytesMax;
  private volatile boolean full;

  SpaceGuard(Disk disk, LogConfig config) {
    this.disk = disk;
    this.reserveBytes = config.reserveBytes();
    this.commitBytesMax = config.commitBytesMax();
  }

  /// Whether there is room for `bytes` more besides the reserve.
  boolean hasRoomFor(long bytes) throws IOException {
    long usable = disk.usableBytes();
    boolean enough = usable - reserveBytes >= bytes;
    if (enough == full) {
      full = !enough;
      LOGGER.log(
          enough ? Level.INFO : Level.WARNING,
          enough
              ? "disk has room again, appends are taken: usableBytes={0} reserveBytes={1}"
              : "disk is full up to the reserve, appends are refused until space is freed: usableBytes={0} reserveBytes={1}",
          Long.toString(usable),
          Long.toString(reserveBytes));
    }
    return enough;
  }

  /// Bytes free besides the reserve.
  long freeBytes() throws IOException {
    return disk.usableBytes() - reserveBytes;
  }

  /// Whether copies of that size have room. They may take half of the reserve, as they are made to
  /// give back more.
  boolean hasRoomToPark(long bytes) throws IOException {
    return freeBytes() + reserveBytes / 2 >= bytes;
  }

  /// Whether appends are refused for want of room; looks again, so that it ends without an append.
  boolean isFull() {
    try {
      return full && !hasRoomFor(neededForCommit(true));
    } catch (IOException e) {
      return full;
    }
  }

  /// Most bytes that the next commit can take, with the head of a new segment and the footer of the
  /// old one where a segment is to be taken.
  long neededForCommit(boolean takesSegment) {
    return takesSegment ? 2 * commitBytesMax : commitBytesMax;
  }
}
