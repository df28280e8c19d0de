package io.pulsegate.log;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Opens a log's folder: of sealed segments it reads header and trailer, the one that was open it
/// scans, syncs again as far as it is whole, and seals. Nothing is ever appended to it.
final class Recovery {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final Disk disk;
  private final LogConfig config;
  private final Damage damage;
  private final SegmentPool pool;
  private final List<Segment> segments = new ArrayList<>();
  private final Lanes lanes = new Lanes();

  private long nextSequence;
  private long tornBytes;
  private Totals totals = Totals.ZERO;

  Recovery(Disk disk, LogConfig config, Damage damage, SegmentPool pool) {
    this.pool = pool;
    this.disk = disk;
    this.config = config;
    this.damage = damage;
  }

  Recovered run(RandomGenerator random) throws IOException {
    List<SegmentFile> files = readSegments();
    var file = new CursorFile(disk, Identity.FILE);
    try {
      Optional<Identity> saved = file.load().map(Identity::decoded);
      UUID logId = logId(saved, files, random);
      for (int i = 0; i < files.size() - 1; i++) {
        addSealed(files.get(i), Optional.of(files.get(i + 1).header()));
      }
      Identity identity;
      if (files.isEmpty()) {
        identity = next(logId, saved, files, 0);
        file.save(identity.encoded());
      } else if (files.getLast().trailer().isPresent()) {
        addLastSealed(files.getLast(), files.getLast().trailer().get());
        identity = next(logId, saved, files, segments.getLast().minNextOffset());
        file.save(identity.encoded());
      } else {
        identity = sealOpen(files.getLast(), file, logId, saved, files);
      }
      deleteUnfinished();
      pool.open(disk.list());
      disk.syncDirectory();
      return recovered(identity, file);
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /// Of this run. It is saved before anything is written, the footer of the segment found open
  /// included: once that is sealed nothing tells any more that offsets of a torn tail are to be
  /// passed over.
  private static Identity next(
      UUID logId, Optional<Identity> saved, List<SegmentFile> files, long nextOffset) {
    long generation = saved.map(Identity::generation).orElse(0L);
    long releasedBelow = saved.map(Identity::releasedBelow).orElse(0L);
    for (SegmentFile found : files) {
      generation = Math.max(generation, found.header().generation());
      if (found.header().isParked()) {
        releasedBelow = Math.max(releasedBelow, found.endOffset());
      }
    }
    return new Identity(
        logId,
        generation + 1,
        Math.max(nextOffset, saved.map(Identity::nextOffset).orElse(0L)),
        releasedBelow);
  }

  /// What crashes left of segments that were never begun, and copies whose original is still there.
  private void deleteUnfinished() throws IOException {
    List<String> names = disk.list();
    List<String> current = Format.segmentNames(names);
    for (String name : names) {
      boolean isCopy = Format.isSegmentName(name) && !current.contains(name);
      if (SegmentWriter.isUnfinished(name) || isCopy) {
        disk.delete(name);
      }
    }
  }

  private List<SegmentFile> readSegments() throws IOException {
    List<String> names = Format.segmentNames(disk.list());
    var files = new ArrayList<SegmentFile>();
    for (String name : names) {
      Optional<SegmentFile> file = SegmentFile.read(disk, name);
      if (file.isPresent()) {
        files.add(file.get());
      } else if (name.equals(names.getLast())) {
        throw new LogException(
            LogException.Code.CORRUPT,
            "Every copy of the header of %s, the newest segment, is damaged. Nothing was changed. Restore the file; or move it out of the folder and start again, which gives up what is in it: its offsets are not used again."
                .formatted(name));
      } else {
        try (DiskFile damaged = disk.open(name, Disk.Access.READ, true)) {
          damage.damaged(name, 0, damaged.sizeBytes(), 0);
        }
      }
    }
    return files;
  }

  private static UUID logId(
      Optional<Identity> saved, List<SegmentFile> files, RandomGenerator random) {
    if (files.isEmpty()) {
      return saved.map(Identity::logId).orElseGet(() -> newId(random));
    }
    UUID logId = saved.map(Identity::logId).orElse(files.getLast().header().logId());
    for (SegmentFile file : files) {
      if (!file.header().logId().equals(logId)) {
        throw new LogException(
            LogException.Code.CORRUPT,
            "Segment %s belongs to log %s, this folder to log %s. Nothing was changed. Move the file to where it belongs."
                .formatted(file.header().name(), file.header().logId(), logId));
      }
    }
    return logId;
  }

  private static UUID newId(RandomGenerator random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /// A segment that has a successor.
  private void addSealed(SegmentFile found, Optional<SegmentHeader> next) throws IOException {
    var segment = new Segment(found.header());
    segments.add(segment);
    if (found.trailer().isPresent()) {
      SegmentTrailer trailer = found.trailer().get();
      segment.advance(trailer.dataEnd(), trailer.endOffset(), trailer.lastMicros());
      segment.finish(trailer.endSequence(), found.fileBytes());
      return;
    }
    damage.damaged(segment.name(), found.fileBytes() - Format.PAGE, Format.PAGE, 0);
    Optional<SegmentHeader.Previous> known =
        next.flatMap(header -> header.previous(found.header().segmentId()));
    try (DiskFile file = disk.open(segment.name(), Disk.Access.READ, true)) {
      var scan = new TailScan(file, segment, damage, config.indexBytes(), Map.of());
      scan.until(known.map(SegmentHeader.Previous::dataEnd), new Lanes());
      segment.finish(scan.endSequence(), found.fileBytes());
      known.ifPresent(previous ->
          segment.advance(previous.dataEnd(), previous.endOffset(), segment.lastMicros()));
    }
  }

  private void addLastSealed(SegmentFile found, SegmentTrailer trailer) throws IOException {
    addSealed(found, Optional.empty());
    nextSequence = trailer.endSequence();
    totals = trailer.totals();
    try (DiskFile file = disk.open(found.header().name(), Disk.Access.WRITE, true)) {
      SegmentFooter.syncAgain(file, trailer);
      Optional<Map<String, Totals>> end = SegmentFooter.readLanes(file, trailer);
      if (end.isPresent()) {
        lanes.set(end.get());
        return;
      }
      damage.damaged(found.header().name(), trailer.lanes().position(), trailer.lanes().bytes(), 0);
      var segment = new Segment(found.header());
      var scan = new TailScan(file, segment, damage, config.indexBytes(), startLanes(segment));
      scan.until(Optional.of(trailer.dataEnd()), new Lanes());
      lanes.set(scan.lanes());
    }
  }

  private Identity sealOpen(
      SegmentFile found,
      CursorFile identityFile,
      UUID logId,
      Optional<Identity> saved,
      List<SegmentFile> files)
      throws IOException {
    var segment = new Segment(found.header());
    segments.add(segment);
    try (DiskFile file = disk.open(segment.name(), Disk.Access.WRITE, true)) {
      var scan = new TailScan(file, segment, damage, config.indexBytes(), startLanes(segment));
      long end = scan.untilTorn(lanes);
      tornBytes = scan.tornBytes(end, found.fileBytes());
      lanes.set(scan.lanes());
      totals = scan.totals();
      nextSequence = scan.endSequence();
      LOGGER.log(
          Level.INFO,
          "the log was not closed; its last segment was scanned and is being sealed: segment={0} endOffset={1} tornBytes={2}",
          segment.name(),
          Long.toString(segment.endOffset()),
          Long.toString(tornBytes));
      Identity identity =
          next(logId, saved, files, segment.minNextOffset() + Format.UNSYNCED_OFFSETS_MAX);
      identityFile.save(identity.encoded());
      scan.syncAgain();
      // Behind all that the crash left: should sealing be cut short, the next look finds the same.
      SegmentFooter.write(
          file,
          segment,
          segment.index(),
          nextSequence,
          totals,
          lanes,
          Math.max(segment.dataEnd(), scan.writtenEnd(found.fileBytes())));
      return identity;
    }
  }

  private Map<String, Totals> startLanes(Segment segment) throws IOException {
    int before = segments.indexOf(segment) - 1;
    return LaneTotals.atStart(
        disk, damage, segment, before < 0 ? Optional.empty() : Optional.of(segments.get(before)));
  }

  private Recovered recovered(Identity identity, CursorFile file) {
    if (segments.isEmpty()) {
      return new Recovered(
          identity,
          file,
          segments,
          new Tail(null, 0, 0, 0, totals),
          lanes,
          nextSequence,
          SegmentHeader.Previous.NONE,
          tornBytes);
    }
    Segment last = segments.getLast();
    return new Recovered(
        identity,
        file,
        List.copyOf(segments),
        new Tail(last, last.dataEnd(), last.endOffset(), last.lastMicros(), totals),
        lanes,
        nextSequence,
        new SegmentHeader.Previous(last.header().segmentId(), last.dataEnd(), last.endOffset()),
        tornBytes);
  }
}
