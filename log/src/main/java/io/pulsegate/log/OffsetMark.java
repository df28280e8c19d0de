package io.pulsegate.log;

import java.io.Closeable;

/// Keeps a durable mark ahead of the offsets that are given out: no offset at or above it has ever
/// been used, whatever becomes of the segments. After an end that was not clean the log goes on at
/// the mark, so that neither the offsets of a torn tail nor those of a segment that is gone are
/// used for anything else. Committer only.
final class OffsetMark implements Closeable {
  /// How far ahead it is moved: a save of a small file for so many offsets.
  static final long STEP = 1 << 24;

  private final CursorFile file;
  private final Identity identity;
  private long mark;

  /// @param file of the identity, which says that nothing from its next offset on has been used
  OffsetMark(CursorFile file, Identity identity) {
    this.file = file;
    this.identity = identity;
    this.mark = identity.nextOffset();
  }

  /// Returns when the offsets below `end` may be given out.
  ///
  /// @throws LogException IO_FAILED; then none may
  void cover(long end) {
    if (end > mark) {
      save(end + STEP);
    }
  }

  /// Remembers where exactly the log goes on: everything is sealed.
  ///
  /// @throws LogException IO_FAILED
  void settle(long nextOffset) {
    if (nextOffset != mark) {
      save(nextOffset);
    }
  }

  private void save(long next) {
    file.save(new Identity(identity.logId(), identity.generation(), next).encoded());
    mark = next;
  }

  @Override
  public void close() {
    file.close();
  }
}
