package io.pulsegate.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Copies what a few lanes still need of an old segment to a file of its own, frames as they are,
/// so that the segment can go. The copy has the segment's id, offsets and totals, and one more in
/// its name; when [#park] returns, it is durable under that name. One thread at a time.
final class Parking {
  private final Segments segments;
  private final int indexBytes;

  /// A copy whose name may be there and may not be durable.
  private Optional<String> unsure = Optional.empty();

  Parking(Segments segments, LogConfig config) {
    this.segments = segments;
    this.indexBytes = config.indexBytes();
  }

  /// Copies of each lane named the frames that end above its offset; empty when there are none, or
  /// none that can be read.
  Optional<Segment> park(Segment old, Map<String, Long> neededFrom) throws IOException {
    Map<String, Totals> start =
        LaneTotals.atStart(segments.disk, segments.damage, old, segments.before(old));
    var startLanes = new Lanes();
    startLanes.set(start);
    byte[] laneTable = Lanes.table(startLanes.all());
    SegmentHeader header = old.header().thinned(laneTable);
    String unfinished = SegmentWriter.unfinishedName(header);
    deleteLeftOver(unfinished);
    var parked = new Segment(header);
    try (SegmentReader from = SegmentReader.fromStart(segments, old);
        DiskFile to = segments.disk.open(unfinished, Disk.Access.CREATE, true)) {
      SegmentWriter.writeHead(to, header, laneTable);
      var block = new BlockCopy(header, to);
      Map<String, LaneSpan> spans = copy(from, old.dataEnd(), block, neededFrom);
      if (!spans.isEmpty()) {
        seal(old, parked, to, block.flush(), start);
        parked.spans(spans);
      }
    }
    if (parked.spans().isEmpty()) {
      segments.disk.delete(unfinished);
      return Optional.empty();
    }
    unsure = Optional.of(header.name());
    segments.disk.rename(unfinished, header.name());
    segments.disk.syncDirectory();
    unsure = Optional.empty();
    return Optional.of(parked);
  }

  /// Gives up a copy that was not finished. To be called before anything else goes: once its
  /// original went in another way, the next open would take it for what is left of the log there.
  void giveUpUnsure() throws IOException {
    if (unsure.isPresent()) {
      deleteLeftOver(unsure.get());
      segments.disk.syncDirectory();
      unsure = Optional.empty();
    }
  }

  private void deleteLeftOver(String name) throws IOException {
    try {
      segments.disk.delete(name);
    } catch (NoSuchFileException e) {
      // No earlier try was cut short, as it should be.
    }
  }

  private static Map<String, LaneSpan> copy(
      SegmentReader from, long dataEnd, BlockCopy to, Map<String, Long> neededFrom)
      throws IOException {
    var spans = new HashMap<String, LaneSpan>();
    while (from.next(dataEnd)) {
      FrameHeader frame = from.frame();
      String lane = from.lane();
      Long needed = neededFrom.get(lane);
      if (needed != null && frame.endOffset() > needed && from.isWanted()) {
        from.copyTo(to);
        spans.merge(
            lane,
            new LaneSpan(frame.endOffset(), frame.frameBytes()),
            (had, more) -> new LaneSpan(more.endOffset(), had.bytes() + more.bytes()));
      }
    }
    return spans;
  }

  /// With the totals of the original. What was written is read once more on the way, for the index.
  private void seal(
      Segment old, Segment parked, DiskFile file, long dataEnd, Map<String, Totals> start)
      throws IOException {
    SegmentTrailer trailer;
    Map<String, Totals> end;
    try (DiskFile original = segments.disk.open(old.name(), Disk.Access.READ, true)) {
      trailer =
          SegmentFooter.readTrailer(original, old.header())
              .orElseThrow(() -> new IOException("the footer of " + old.name() + " is lost"));
      end =
          SegmentFooter.readLanes(original, trailer)
              .orElseThrow(() -> new IOException("the totals of " + old.name() + " are lost"));
    }
    var lanes = new Lanes();
    var scan = new TailScan(file, parked, segments.damage, indexBytes, start);
    scan.until(Optional.of(dataEnd), lanes);
    lanes.set(end);
    parked.advance(dataEnd, old.endOffset(), old.lastMicros());
    SegmentFooter.write(
        file, parked, parked.index(), trailer.endSequence(), trailer.totals(), lanes, dataEnd);
  }
}
