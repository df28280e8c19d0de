package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The open segment, and the way from one to the next. Committer only.
final class SegmentRoll implements Closeable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final Segments segments;
  private final Lanes lanes;
  private final Identity identity;
  private final LogConfig config;
  private final SegmentPool pool;
  private final RandomGenerator random;

  private SegmentHeader.Previous previous;
  private @Nullable SegmentWriter open;
  private boolean nextIsPrepared;

  SegmentRoll(
      Recovered recovered,
      Segments segments,
      SegmentPool pool,
      LogConfig config,
      RandomGenerator random) {
    this.segments = segments;
    this.lanes = recovered.lanes();
    this.identity = recovered.identity();
    this.config = config;
    this.pool = pool;
    this.random = random;
    this.previous = recovered.previous();
  }

  /// The open segment, if it has room for a block of that size.
  @Nullable SegmentWriter openWith(long blockBytes) {
    SegmentWriter writer = open;
    return writer != null && writer.hasRoom(blockBytes) ? writer : null;
  }

  /// The open segment is half full or more: the next will be needed.
  void prepareNext() {
    if (!nextIsPrepared) {
      nextIsPrepared = true;
      pool.prepare();
    }
  }

  /// The disk is full: lets go of what is kept ready on it.
  void dropReady() {
    pool.drop();
  }

  /// Seals the open segment, if there is one, and begins the next. Everything placed so far is
  /// durable.
  ///
  /// @param nextOffset of the first entry that will be in it
  /// @param totals of all lanes so far
  SegmentWriter takeNext(long nextOffset, long nextSequence, long floorMicros, Totals totals)
      throws IOException {
    seal(nextSequence, totals);
    var place = new Place(nextOffset, nextSequence, floorMicros, totals);
    SegmentWriter next = begin(place);
    open = next;
    nextIsPrepared = false;
    lanes.clearGranules();
    segments.add(next.segment());
    Tail tail = segments.tail();
    segments.publish(
        new Tail(next.segment(), next.position(), tail.endOffset(), tail.lastMicros(), totals));
    return next;
  }

  /// Where the log stands when a segment begins.
  private record Place(long offset, long sequence, long floorMicros, Totals totals) {}

  private SegmentWriter begin(Place place) throws IOException {
    for (Optional<String> ready = pool.take(); ready.isPresent(); ready = pool.take()) {
      try {
        return recycle(ready.get(), place);
      } catch (NoSuchFileException e) {
        LOGGER.log(Level.WARNING, "a file kept for reuse is gone: file={0}", ready.get());
      }
    }
    return create(place);
  }

  private SegmentWriter create(Place place) throws IOException {
    byte[] laneTable = Lanes.table(lanes.all());
    return SegmentWriter.create(
        segments.disk, config.segmentBytes(), header(place, 0, laneTable), laneTable);
  }

  private SegmentWriter recycle(String name, Place place) throws IOException {
    DiskFile file = segments.disk.open(name, Disk.Access.WRITE, true);
    long fileBytes = file.sizeBytes();
    List<Lane> all = lanes.all();
    byte[] laneTable = Lanes.table(all);
    // With very many lanes the file grows a little when it is sealed.
    long footerBytes =
        Math.min(fileBytes / 4, SegmentFooter.bytesMax(fileBytes, config.indexBytes(), all));
    return SegmentWriter.recycle(
        segments.disk,
        file,
        name,
        fileBytes - footerBytes,
        header(place, fileBytes, laneTable),
        laneTable);
  }

  private SegmentHeader header(Place place, long allocatedBytes, byte[] laneTable) {
    return SegmentWriter.header(
        identity.logId(),
        new UUID(random.nextLong(), random.nextLong()),
        identity.generation(),
        place.offset(),
        place.sequence(),
        place.floorMicros(),
        place.totals(),
        previous,
        allocatedBytes,
        laneTable);
  }

  /// Seals the open segment, if there is one with frames in it: one without is left to recovery,
  /// which passes over its first offset, so that no two segments begin at the same.
  void finish(long nextSequence, Totals totals) throws IOException {
    pool.close();
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
    pool.close();
    if (open != null) {
      open.close();
    }
  }
}
