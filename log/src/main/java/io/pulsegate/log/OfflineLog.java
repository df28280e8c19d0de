package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A log's folder, looked at while no server has it open. Nothing is changed by looking: what the
/// crash of a server left is reported as it lies there. One thread.
public final class OfflineLog implements AutoCloseable {
  private static final int INDEX_BYTES = LogConfig.defaults().indexBytes();

  final Disk disk;
  private final Closeable lock;

  /// One segment file and what is needed to read or repair it.
  ///
  /// @param file empty when its header cannot be read
  /// @param damage found in it so far
  record Look(
      String name,
      Optional<SegmentFile> file,
      Optional<Segment> segment,
      SegmentReport report,
      Damage damage) {}

  private OfflineLog(Disk disk, Closeable lock) {
    this.disk = disk;
    this.lock = lock;
  }

  /// Keeps servers out of the folder until it is closed.
  ///
  /// @throws LogException LOCKED, IO_FAILED
  public static OfflineLog open(Disk disk) {
    try {
      return new OfflineLog(disk, disk.lock(SegmentedLog.LOCK));
    } catch (FileAlreadyExistsException e) {
      throw new LogException(
          LogException.Code.LOCKED,
          "A server has this log open (%s). Stop it first, or work on a copy."
              .formatted(e.getFile()),
          e);
    } catch (IOException e) {
      throw new LogException(LogException.Code.IO_FAILED, "cannot lock the log: " + e, e);
    }
  }

  /// Who the log is: its id, and how often it has been opened.
  public record Identified(String id, long generation) {}

  /// From its file, or from the segments where that is gone; empty for a folder without a log.
  ///
  /// @throws LogException CORRUPT, FORMAT_TOO_OLD, FORMAT_TOO_NEW, IO_FAILED
  public Optional<Identified> identity() {
    return guarded(
        "its identity",
        () -> {
          Optional<Identity> saved = CursorFile.peek(disk, Identity.FILE).map(Identity::decoded);
          if (saved.isPresent()) {
            return saved.map(OfflineLog::identified);
          }
          return looks(false).stream()
              .flatMap(look -> look.file().stream())
              .reduce((_, last) -> last)
              .map(SegmentFile::header)
              .map(header -> new Identity(header.logId(), header.generation(), 0))
              .map(OfflineLog::identified);
        });
  }

  private static Identified identified(Identity identity) {
    return new Identified(identity.logId().toString(), identity.generation());
  }

  /// The segments in order, from headers and footers; only what has no footer is read through.
  /// Before them `log.id`, where it is damaged.
  ///
  /// @throws LogException FORMAT_TOO_OLD, FORMAT_TOO_NEW, IO_FAILED
  public List<SegmentReport> describe() {
    return reports(false);
  }

  /// The segments in order, every frame and every footer of them checked. Before them `log.id`,
  /// where it is damaged.
  ///
  /// @throws LogException FORMAT_TOO_OLD, FORMAT_TOO_NEW, IO_FAILED
  public List<SegmentReport> verify() {
    return reports(true);
  }

  private List<SegmentReport> reports(boolean thorough) {
    return guarded(
        "its segments",
        () -> {
          var reports = new ArrayList<>(looks(thorough).stream().map(Look::report).toList());
          if (identityIsDamaged()) {
            reports.addFirst(unreadable(Identity.FILE).report());
          }
          return List.copyOf(reports);
        });
  }

  /// Whether `log.id` is there and no copy in it can be read.
  boolean identityIsDamaged() throws IOException {
    try {
      var _ = CursorFile.peek(disk, Identity.FILE).map(Identity::decoded);
      return false;
    } catch (LogException e) {
      if (e.code() == LogException.Code.CORRUPT) {
        return true;
      }
      throw e;
    }
  }

  /// Reads frames that begin below `untilOffset`, from that offset on, of all lanes or one.
  ///
  /// @throws LogException FORMAT_TOO_OLD, FORMAT_TOO_NEW, IO_FAILED
  public LogReader reader(long fromOffset, Optional<String> lane, long untilOffset) {
    return guarded("its segments", () -> new LogReader(segments(), fromOffset, lane, untilOffset));
  }

  /// The first offset received at or after that time; empty where there is none.
  ///
  /// @throws LogException FORMAT_TOO_OLD, FORMAT_TOO_NEW, IO_FAILED
  public OptionalLong offsetAt(Instant time) {
    return guarded("a time", () -> TimeSearch.offsetAt(segments(), LogTime.micros(time)));
  }

  private Segments segments() throws IOException {
    List<Segment> all = looks(false).stream().flatMap(look -> look.segment().stream()).toList();
    if (all.isEmpty()) {
      return new Segments(
          disk, new Damage(), all, new Tail(null, 0, 0, 0, Totals.ZERO), Optional.empty());
    }
    Segment last = all.getLast();
    var tail = new Tail(last, last.dataEnd(), last.endOffset(), last.lastMicros(), Totals.ZERO);
    return new Segments(disk, new Damage(), all, tail, Optional.empty());
  }

  List<Look> looks(boolean thorough) throws IOException {
    List<String> names = Format.segmentNames(disk.list());
    var looks = new ArrayList<Look>();
    Optional<SegmentHeader> next = Optional.empty();
    for (String name : names.reversed()) {
      Optional<SegmentFile> file = SegmentFile.read(disk, name);
      boolean isLast = name.equals(names.getLast());
      Look look = file.isEmpty() ? unreadable(name) : look(file.get(), next, isLast, thorough);
      looks.addFirst(look);
      next = file.map(SegmentFile::header);
    }
    return looks;
  }

  private Look unreadable(String name) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, true)) {
      var report =
          new SegmentReport(
              name,
              SegmentReport.State.UNREADABLE,
              0,
              0,
              0,
              0,
              0,
              file.sizeBytes(),
              0,
              file.sizeBytes(),
              0);
      return new Look(name, Optional.empty(), Optional.empty(), report, new Damage());
    }
  }

  private Look look(
      SegmentFile found, Optional<SegmentHeader> next, boolean isLast, boolean thorough)
      throws IOException {
    SegmentReport.State state =
        found.trailer().isPresent()
            ? found.header().isParked() ? SegmentReport.State.PARKED : SegmentReport.State.SEALED
            : isLast ? SegmentReport.State.OPEN : SegmentReport.State.FOOTER_LOST;
    var segment = new Segment(found.header());
    var damage = new Damage();
    long frames = 0;
    long torn = 0;
    try (DiskFile file = disk.open(segment.name(), Disk.Access.READ, true)) {
      if (found.trailer().isPresent()) {
        SegmentTrailer trailer = found.trailer().get();
        frames = trailer.endSequence() - found.header().firstSequence();
        if (thorough || found.header().isParked()) {
          segment.finish(trailer.endSequence(), found.fileBytes());
          frames = scanned(file, segment, damage, Optional.of(trailer.dataEnd())).frames();
          checkFooter(file, trailer, damage);
        }
        segment.advance(trailer.dataEnd(), trailer.endOffset(), trailer.lastMicros());
        segment.finish(trailer.endSequence(), found.fileBytes());
      } else if (isLast) {
        var scan = new TailScan(file, segment, damage, INDEX_BYTES, Map.of());
        long end = scan.untilTorn(new Lanes());
        frames = scan.frames();
        torn = scan.tornBytes(end, found.fileBytes());
        segment.finish(scan.endSequence(), found.fileBytes());
      } else {
        damage.damaged(segment.name(), found.fileBytes() - Format.PAGE, Format.PAGE, 0);
        Optional<SegmentHeader.Previous> known =
            next.flatMap(header -> header.previous(found.header().segmentId()));
        TailScan scan = scanned(file, segment, damage, known.map(SegmentHeader.Previous::dataEnd));
        frames = scan.frames();
        segment.finish(scan.endSequence(), found.fileBytes());
      }
    }
    return new Look(
        segment.name(),
        Optional.of(found),
        Optional.of(segment),
        new SegmentReport(
            segment.name(),
            state,
            found.header().generation(),
            segment.firstOffset(),
            segment.endOffset(),
            frames,
            segment.lastMicros(),
            found.fileBytes(),
            damage.frames(),
            damage.bytes(),
            torn),
        damage);
  }

  private static TailScan scanned(
      DiskFile file, Segment segment, Damage damage, Optional<Long> dataEnd) throws IOException {
    var scan = new TailScan(file, segment, damage, INDEX_BYTES, Map.of());
    scan.until(dataEnd, new Lanes());
    return scan;
  }

  private static void checkFooter(DiskFile file, SegmentTrailer trailer, Damage damage)
      throws IOException {
    String name = trailer.header().name();
    if (SegmentFooter.readStartLanes(file, trailer.header()).isEmpty()) {
      damage.damaged(name, trailer.header().laneTableAt(), trailer.header().laneTableBytes(), 0);
    }
    for (var section : List.of(trailer.index(), trailer.lanes(), trailer.granules())) {
      if (!SegmentFooter.isGood(file, trailer.header(), section)) {
        damage.damaged(name, section.position(), Math.max(1, section.bytes()), 0);
      }
    }
  }

  /// Maps what goes wrong on the disk.
  static <T> T guarded(String what, RealDisk.IoCall<T> call) {
    try {
      return RealDisk.onPlatformThread(call);
    } catch (IOException e) {
      throw new LogException(
          LogException.Code.IO_FAILED, "reading the log for " + what + " failed: " + e, e);
    }
  }

  @Override
  public void close() {
    guarded(
        "its lock",
        () -> {
          lock.close();
          return true;
        });
  }
}
