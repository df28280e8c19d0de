package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Walks the frames of one segment in order and finds its way again behind damage. One thread.
///
/// After [#next] returned true, [#frame] holds the header, [#position] is where the frame begins
/// and [#buffer] at [#at] has the header's bytes; the body comes in with [#bodyIsGood].
final class SegmentScanner {
  private static final int HEADER_BYTES_MAX =
      Format.FRAME_HEADER_BYTES + Format.align8(Format.LANE_BYTES_MAX);
  private static final long NONE = -1;

  final FrameHeader frame = new FrameHeader();

  private final DiskFile file;
  private final Segment segment;
  private final Window window;
  private final Checksum checksum;
  private final DamageListener listener;
  private final BlockHeader block = new BlockHeader();

  private long next;
  private long position;
  private long blockPosition;
  private long blockEnd = NONE; // where the frames of the present block end, if its header is known
  private boolean lostBlock; // behind a damaged block header: frames are looked for all the same
  private long expectedSequence = NONE;
  private long limit;
  private long damageStart = NONE;
  private long damageEnd;
  private boolean damageHasBytes;
  private long tornFrom = Long.MAX_VALUE;
  private boolean torn;

  SegmentScanner(DiskFile file, Segment segment, Window window, DamageListener listener) {
    this.file = file;
    this.segment = segment;
    this.window = window;
    this.checksum = segment.header().checksum();
    this.listener = listener;
    window.clear();
    this.next = segment.header().dataStart();
    this.blockPosition = next;
    this.expectedSequence = segment.header().firstSequence();
  }

  /// Goes to a position where a block is known to begin.
  void seek(long position) {
    if (position > segment.header().dataStart()) {
      next = position;
      blockPosition = position;
      blockEnd = NONE;
      lostBlock = false;
      expectedSequence = NONE;
    }
  }

  /// From this position on, damage is a torn tail and ends the walk.
  void tornFrom(long position) {
    tornFrom = position;
  }

  /// Whether the walk ended at a torn tail, which begins at [#end].
  boolean isTorn() {
    return torn;
  }

  /// Where the walk stands: behind the last frame, or at the hole that ended it.
  long end() {
    return next;
  }

  /// Whether the next thing to be read is a block; its position is [#end], rounded up to a page.
  boolean isBetweenBlocks() {
    return next == blockEnd || (blockEnd == NONE && !lostBlock);
  }

  long position() {
    return position;
  }

  /// Where the block of the present frame begins (behind a damaged block header: the last known
  /// one).
  long blockPosition() {
    return blockPosition;
  }

  ByteBuffer buffer() {
    return window.buffer();
  }

  int at() {
    return window.at(position);
  }

  /// Goes to the next frame whose header is good. False at `limit`, which may grow between calls.
  boolean next(long limit) throws IOException {
    this.limit = limit;
    while (!torn) {
      if (next == blockEnd) {
        next = Format.pageUp(next);
        blockEnd = NONE;
      }
      if (next >= limit) {
        closeDamageAtEnd();
        return false;
      }
      if (blockEnd == NONE && next % Format.PAGE == 0 && enterBlock()) {
        continue;
      }
      if ((blockEnd != NONE || lostBlock) && enterFrame()) {
        return true;
      }
      passOver();
    }
    return false;
  }

  /// Brings in the body and checks it; false when it is damaged.
  boolean bodyIsGood() throws IOException {
    int bytes = frame.frameBytes();
    return window.ensure(file, position, bytes, limit)
        && checksum.of(window.buffer(), at() + frame.bodyAt(), frame.bodyBytes) == frame.bodyCrc;
  }

  /// Treats the present frame, whose body is damaged, as damage; ends the walk where that means
  /// torn.
  void rejectFrame() {
    if (position >= tornFrom) {
      torn = true;
      next = position;
    } else {
      listener.damaged(segment, position, frame.frameBytes(), 1);
    }
  }

  private boolean enterBlock() throws IOException {
    if (!window.ensure(file, next, Format.BLOCK_HEADER_BYTES, limit)
        || !block.read(window.buffer(), window.at(next), checksum)) {
      return false;
    }
    blockPosition = next;
    blockEnd = next + block.bytes;
    lostBlock = false;
    next += Format.BLOCK_HEADER_BYTES;
    return true;
  }

  private boolean enterFrame() throws IOException {
    long readable = Format.pageUp(limit);
    long bound = blockEnd == NONE ? readable : Math.min(blockEnd, readable);
    int available = (int) Math.min(HEADER_BYTES_MAX, bound - next);
    if (available < Format.FRAME_HEADER_BYTES
        || !window.ensure(file, next, available, limit)
        || !frame.read(window.buffer(), window.at(next), available, checksum)
        || next + frame.frameBytes() > bound) {
      return false;
    }
    closeDamage(expectedSequence == NONE ? 0 : frame.sequence - expectedSequence);
    expectedSequence = frame.sequence + 1;
    position = next;
    next += frame.frameBytes();
    return true;
  }

  /// Steps over eight bytes that begin neither a block nor a frame.
  private void passOver() {
    if (next >= tornFrom) {
      closeDamage(0);
      torn = true;
      return;
    }
    if (damageStart == NONE) {
      damageStart = next;
      damageHasBytes = false;
    }
    if (blockEnd == NONE) {
      lostBlock = true;
    }
    damageHasBytes |= window.holds(next, 8) && window.buffer().getLong(window.at(next)) != 0;
    next += 8;
    damageEnd = next;
  }

  /// At the end of a finished segment it is known how many frames should have come; in one that
  /// still grows the next frame will tell.
  private void closeDamageAtEnd() {
    long endSequence = segment.endSequence();
    if (endSequence != Segment.UNKNOWN) {
      closeDamage(expectedSequence == NONE ? 0 : endSequence - expectedSequence);
    }
  }

  /// Zeros alone, with no frame missing, are the padding behind a damaged block header.
  private void closeDamage(long missingFrames) {
    if (damageStart != NONE && (damageHasBytes || missingFrames > 0)) {
      listener.damaged(segment, damageStart, damageEnd - damageStart, missingFrames);
    }
    damageStart = NONE;
  }
}
