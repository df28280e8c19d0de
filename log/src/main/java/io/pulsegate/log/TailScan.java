package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Reads one segment that has no footer from end to end, and finds out where it ends.
final class TailScan {
  private final DiskFile file;
  private final Segment segment;
  private final Damage damage;
  private final int indexBytes;
  private final Map<String, Totals> lanes;

  private long durableEnd;
  private long durableOffset;
  private long lastBlockEnd;
  private long frames;
  private boolean torn;
  private long endOffset;
  private long endSequence;
  private long lastMicros;
  private Totals totals;

  /// @param lanes totals at the start of the segment, brought up to its end by the scan
  TailScan(
      DiskFile file, Segment segment, Damage damage, int indexBytes, Map<String, Totals> lanes) {
    this.file = file;
    this.segment = segment;
    this.damage = damage;
    this.indexBytes = indexBytes;
    this.lanes = new HashMap<>(lanes);
    SegmentHeader header = segment.header();
    this.endOffset = header.previous().endOffset();
    this.endSequence = header.firstSequence();
    this.lastMicros = header.floorMicros();
    this.totals = header.before();
  }

  /// Scans a segment that was the last one: damage above the greatest durable end that a valid
  /// block knows of is a torn tail, and there the segment ends.
  ///
  /// @return where its frames end
  long untilTorn(Lanes granules) throws IOException {
    long fileEnd = file.sizeBytes();
    durableEnd = findDurableEnd(fileEnd);
    long end = scan(fileEnd, durableEnd, granules);
    segment.advance(
        segment.dataEnd(), Math.max(segment.endOffset(), durableOffset), segment.lastMicros());
    return end;
  }

  /// Scans a segment that ends at `dataEnd`, or if that is not known where its file ends, or in one
  /// that was written before its last block: all damage in it is corruption.
  void until(Optional<Long> dataEnd, Lanes granules) throws IOException {
    long end = dataEnd.orElse(file.sizeBytes());
    if (dataEnd.isEmpty() && segment.header().allocatedBytes() > 0) {
      findDurableEnd(end);
      end = lastBlockEnd;
    }
    scan(end, Long.MAX_VALUE, granules);
  }

  private long scan(long limit, long tornFrom, Lanes granules) throws IOException {
    var scanner = new SegmentScanner(file, segment, new Window(Format.pages(Window.BYTES)), damage);
    scanner.tornFrom(tornFrom);
    FrameHeader frame = scanner.frame;
    while (scanner.next(limit)) {
      String lane = frame.lane(scanner.buffer(), scanner.at());
      if (!scanner.bodyIsGood()) {
        scanner.rejectFrame();
        if (scanner.isTorn()) {
          break;
        }
      } else {
        frames++;
        index(scanner.blockPosition(), frame, granules.lane(lane));
      }
      // A frame with a damaged body still took its offsets and counted.
      lanes.put(lane, frame.laneAfter());
      totals = frame.logAfter();
      endOffset = frame.endOffset();
      endSequence = frame.sequence + 1;
      lastMicros = frame.receivedMicros;
    }
    torn = scanner.isTorn();
    segment.advance(Math.min(scanner.end(), limit), endOffset, lastMicros);
    return scanner.end();
  }

  private void index(long blockPosition, FrameHeader frame, Lane lane) {
    SegmentIndex index = segment.index();
    int granule = index.granuleOf(blockPosition, indexBytes);
    if (granule == index.size()) {
      index.add(blockPosition, frame.firstOffset, frame.receivedMicros);
    }
    lane.granules.set(granule);
  }

  /// Hops from block to block, and page by page over damage.
  private long findDurableEnd(long fileEnd) throws IOException {
    var window = new Window(Format.pages(Window.BYTES));
    var block = new BlockHeader();
    Checksum checksum = segment.header().checksum();
    long found = segment.header().dataStart();
    long position = found;
    while (window.ensure(file, position, Format.BLOCK_HEADER_BYTES, fileEnd)) {
      if (block.read(window.buffer(), window.at(position), checksum)) {
        found = Math.max(found, block.durablePosition);
        durableOffset = Math.max(durableOffset, block.durableOffset);
        position += Format.pageUp(block.bytes);
        lastBlockEnd = position;
      } else {
        position += Format.PAGE;
      }
    }
    return found;
  }

  /// Writes again, and syncs, the kept bytes of which no later block says that they were synced:
  /// after a failed sync the page cache may show bytes as clean that the disk does not have
  /// (Rebello et al., USENIX ATC 2020).
  void syncAgain() throws IOException {
    long end = Format.pageUp(segment.dataEnd());
    long begin = Format.pageDown(durableEnd);
    ByteBuffer pages = Format.pages(Math.clamp(end - begin, 0, Format.COMMIT_BYTES_LIMIT));
    for (long at = begin; at < end; at += pages.capacity()) {
      pages.clear().limit((int) Math.min(pages.capacity(), end - at));
      file.read(pages, at);
      while (pages.hasRemaining()) {
        pages.put((byte) 0);
      }
      file.write(pages.flip(), at);
    }
    file.force();
  }

  /// How many whole frames it found.
  long frames() {
    return frames;
  }

  /// Bytes that a crash left behind the end of the frames: all that is in a file that grew, and in
  /// one that was written before, blocks of this segment alone.
  long tornBytes(long end, long fileBytes) {
    return Math.max(0, writtenEnd(fileBytes) - (torn ? end : Format.pageUp(end)));
  }

  /// Behind all that this segment has written to its file.
  long writtenEnd(long fileBytes) {
    return segment.header().allocatedBytes() > 0 ? lastBlockEnd : fileBytes;
  }

  Map<String, Totals> lanes() {
    return lanes;
  }

  Totals totals() {
    return totals;
  }

  long endSequence() {
    return endSequence;
  }
}
