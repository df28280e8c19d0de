package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The open segment, and the way from one to the next. Committer only.
final class SegmentRoll implements Closeable {
  private final Segments segments;
  private final Lanes lanes;
  private final Identity identity;
  private final long segmentBytes;
  private final RandomGenerator random;

  private SegmentHeader.Previous previous;
  private @Nullable SegmentWriter open;

  SegmentRoll(Recovered recovered, Segments segments, long segmentBytes, RandomGenerator random) {
    this.segments = segments;
    this.lanes = recovered.lanes();
    this.identity = recovered.identity();
    this.segmentBytes = segmentBytes;
    this.random = random;
    this.previous = recovered.previous();
  }

  /// The open segment, if it has room for a block of that size.
  @Nullable SegmentWriter openWith(long blockBytes) {
    SegmentWriter writer = open;
    return writer != null && writer.hasRoom(blockBytes) ? writer : null;
  }

  /// Seals the open segment, if there is one, and begins the next. Everything placed so far is
  /// durable.
  ///
  /// @param nextOffset of the first entry that will be in it
  /// @param totals of all lanes so far
  SegmentWriter takeNext(long nextOffset, long nextSequence, long floorMicros, Totals totals)
      throws IOException {
    seal(nextSequence, totals);
    byte[] laneTable = Lanes.table(lanes.all());
    SegmentHeader header =
        SegmentWriter.header(
            identity.logId(),
            new UUID(random.nextLong(), random.nextLong()),
            identity.generation(),
            nextOffset,
            nextSequence,
            floorMicros,
            totals,
            previous,
            laneTable);
    SegmentWriter next = SegmentWriter.create(segments.disk, segmentBytes, header, laneTable);
    open = next;
    lanes.clearGranules();
    segments.add(next.segment());
    Tail tail = segments.tail();
    segments.publish(
        new Tail(next.segment(), next.position(), tail.endOffset(), tail.lastMicros(), totals));
    return next;
  }

  /// Seals the open segment, if there is one with frames in it: one without is left to recovery,
  /// which passes over its first offset, so that no two segments begin at the same.
  void finish(long nextSequence, Totals totals) throws IOException {
    if (open != null && open.isEmpty()) {
      open.close();
    } else {
      seal(nextSequence, totals);
    }
  }

  private void seal(long nextSequence, Totals totals) throws IOException {
    SegmentWriter writer = open;
    if (writer != null) {
      writer.seal(nextSequence, totals, lanes);
      open = null;
      Segment segment = writer.segment();
      previous =
          new SegmentHeader.Previous(
              segment.header().segmentId(), segment.dataEnd(), segment.endOffset());
    }
  }

  /// Lets go of the file as it is.
  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }
}
