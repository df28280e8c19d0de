package io.pulsegate.log;

import java.io.Closeable;

/// Keeps a durable mark ahead of the offsets that are given out: no offset at or above it has ever
/// been used, whatever becomes of the segments. After an end that was not clean the log goes on at
/// the mark, so that neither the offsets of a torn tail nor those of a segment that is gone are
/// used for anything else. Keeps the other mark of the same file too, below which the log was given
/// up piecemeal. Any thread.
final class OffsetMark implements Closeable {
  /// How far ahead it is moved: a save of a small file for so many offsets.
  static final long STEP = 1 << 24;

  private final CursorFile file;
  private Identity identity;

  /// @param file of the identity, which says that nothing from its next offset on has been used
  OffsetMark(CursorFile file, Identity identity) {
    this.file = file;
    this.identity = identity;
  }

  /// Returns when the offsets below `end` may be given out.
  ///
  /// @throws LogException IO_FAILED; then none may
  synchronized void cover(long end) {
    if (end > identity.nextOffset()) {
      save(identity.goingOnAt(end + STEP));
    }
  }

  /// Remembers where exactly the log goes on: everything is sealed.
  ///
  /// @throws LogException IO_FAILED
  synchronized void settle(long nextOffset) {
    if (nextOffset != identity.nextOffset()) {
      save(identity.goingOnAt(nextOffset));
    }
  }

  /// Returns when frames below the offset may go while others of their segment stay.
  ///
  /// @throws LogException IO_FAILED; then none may
  synchronized void release(long below) {
    if (below > identity.releasedBelow()) {
      save(identity.releasedBelow(below));
    }
  }

  synchronized long releasedBelow() {
    return identity.releasedBelow();
  }

  private void save(Identity next) {
    file.save(next.encoded());
    identity = next;
  }

  @Override
  public synchronized void close() {
    file.close();
  }
}
