package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one segment through a file handle of its own; by index where there is one. One thread.
final class SegmentReader implements Closeable {
  private final Segments segments;
  private final Segment segment;
  private final DiskFile file;
  private final Window window;
  private final SegmentScanner scanner;
  private final SegmentIndex index;

  private final byte @Nullable [] lane;
  private final @Nullable BitSet granules; // where the lane has frames, if known
  private int granule;
  private boolean closed;

  private SegmentReader(
      Segments segments,
      Segment segment,
      DiskFile file,
      SegmentIndex index,
      Optional<String> lane,
      Optional<BitSet> granules) {
    this.segments = segments;
    this.segment = segment;
    this.file = file;
    this.window = segments.takeWindow();
    this.scanner = new SegmentScanner(file, segment, window, segments.damage);
    this.index = index;
    this.lane = lane.map(name -> name.getBytes(StandardCharsets.UTF_8)).orElse(null);
    this.granules = granules.orElse(null);
  }

  static SegmentReader fromStart(Segments segments, Segment segment) throws IOException {
    DiskFile file = openLeased(segments, segment);
    return new SegmentReader(
        segments, segment, file, new SegmentIndex(), Optional.empty(), Optional.empty());
  }

  /// Begins at or before the frame that holds the offset.
  static SegmentReader fromOffset(
      Segments segments, Segment segment, long offset, Optional<String> lane) throws IOException {
    SegmentReader reader = open(segments, segment, lane);
    reader.seek(reader.index.byOffset(offset));
    return reader;
  }

  /// Begins at or before the first frame received at or after the time.
  static SegmentReader fromTime(Segments segments, Segment segment, long micros)
      throws IOException {
    SegmentReader reader = open(segments, segment, Optional.empty());
    reader.seek(reader.index.before(micros));
    return reader;
  }

  private static SegmentReader open(Segments segments, Segment segment, Optional<String> lane)
      throws IOException {
    DiskFile file = openLeased(segments, segment);
    try {
      SegmentIndex index = segment.index();
      Optional<BitSet> granules = Optional.empty();
      if (segment.endSequence() != Segment.UNKNOWN) {
        Optional<SegmentTrailer> trailer = SegmentFooter.readTrailer(file, segment.header());
        if (trailer.isPresent()) {
          if (index.size() == 0) {
            index = SegmentFooter.readIndex(file, trailer.get()).orElseGet(SegmentIndex::new);
          }
          if (lane.isPresent() && index.size() > 0) {
            granules = SegmentFooter.readGranules(file, trailer.get(), lane.get());
          }
        }
      }
      return new SegmentReader(segments, segment, file, index, lane, granules);
    } catch (IOException | RuntimeException e) {
      segment.release();
      file.close();
      throw e;
    }
  }

  /// With a lease, so that the file is not used for something else meanwhile.
  private static DiskFile openLeased(Segments segments, Segment segment) throws IOException {
    segment.lease();
    try {
      DiskFile file = segments.disk.open(segment.name(), Disk.Access.READ, true);
      return segments.memory.isPresent()
          ? new TailedFile(file, segment, segments.memory.get())
          : file;
    } catch (IOException | RuntimeException e) {
      segment.release();
      throw e;
    }
  }

  private void seek(int toGranule) {
    if (toGranule >= 0) {
      granule = toGranule;
      scanner.seek(index.position(toGranule));
    }
  }

  Segment segment() {
    return segment;
  }

  FrameHeader frame() {
    return scanner.frame;
  }

  String lane() {
    return frame().lane(scanner.buffer(), scanner.at());
  }

  /// Goes to the next frame below `limit`; with a lane, stretches without it may be left out.
  boolean next(long limit) throws IOException {
    return (granules == null || skipGranules(granules)) && scanner.next(limit);
  }

  /// Jumps over granules in which the lane has nothing; false when there are no more with it.
  private boolean skipGranules(BitSet present) {
    if (!scanner.isBetweenBlocks()) {
      return true;
    }
    long position = Format.pageUp(scanner.end());
    while (granule + 1 < index.size() && index.position(granule + 1) <= position) {
      granule++;
    }
    int wanted = present.nextSetBit(granule);
    if (wanted > granule) {
      seek(wanted);
    }
    return wanted >= 0;
  }

  /// Whether the present frame is to be returned: of the lane asked for, and whole.
  boolean isWanted() throws IOException {
    if (lane != null && !frame().isOf(lane, scanner.buffer(), scanner.at())) {
      return false;
    }
    if (!scanner.bodyIsGood()) {
      scanner.rejectFrame();
      return false;
    }
    return true;
  }

  /// Puts the present frame as it is into another file of its segment.
  void copyTo(BlockCopy to) throws IOException {
    to.add(scanner.buffer(), scanner.at(), frame());
  }

  /// The present frame, with a copy of its body.
  Frame copy() {
    FrameHeader header = frame();
    byte[] body = new byte[header.bodyBytes];
    scanner.buffer().get(scanner.at() + header.bodyAt(), body);
    return new Frame(
        lane(),
        header.firstOffset,
        header.count,
        header.receivedMicros,
        header.generation,
        header.sequence,
        new Admitted(header.liveEntries, header.liveBytes),
        new Totals(header.laneEntriesBefore, header.laneBytesBefore),
        new Totals(header.logEntriesBefore, header.logBytesBefore),
        ByteBuffer.wrap(body));
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      segments.giveBack(window);
      segment.release();
      file.close();
    }
  }
}
