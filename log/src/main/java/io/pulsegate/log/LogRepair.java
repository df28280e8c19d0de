package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Mends a log that no server has open: what is damaged is set aside byte for byte, what is whole
/// stays, with its offsets. Cut short at any moment, it can be run again.
///
/// 1. Segments of which no header can be read are moved to the folder for what is set aside, and so
///    is `log.id` if no copy in it can be read; it is made anew from the segments.
/// 2. The log is opened and closed once, which seals what a crash left open.
/// 3. Segments with damage are written anew without it, beside the old file, and then take its
///    name.
public final class LogRepair {
  private final Disk disk;
  private final Disk aside;
  private final LogConfig config;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<String> setAside = new ArrayList<>();
  private long lostFrames;
  private int mended;

  /// What was done.
  ///
  /// @param mendedSegments written anew without what was damaged, or moved away whole; `log.id`
  ///   counts as one
  /// @param lostFrames frames that could not be read, as far as they could be counted
  /// @param tornBytes cut short by a crash, never acknowledged; now behind a footer
  /// @param setAside files with the damaged bytes
  public record Outcome(
      int mendedSegments, long lostFrames, long tornBytes, List<String> setAside) {
    public Outcome {
      setAside = List.copyOf(setAside);
    }
  }

  /// @param aside another folder, for damaged bytes
  public LogRepair(
      Disk disk, Disk aside, LogConfig config, InstantSource clock, RandomGenerator random) {
    this.disk = disk;
    this.aside = aside;
    this.config = config;
    this.clock = clock;
    this.random = random;
  }

  /// Mends the folder.
  ///
  /// @throws LogException LOCKED, CORRUPT, FORMAT_TOO_OLD, FORMAT_TOO_NEW, DISK_FULL, IO_FAILED
  public Outcome run() {
    try (OfflineLog log = OfflineLog.open(disk)) {
      OfflineLog.guarded("repair", () -> moveUnreadable(log.looks(false)));
      OfflineLog.guarded(
          "repair", () -> log.identityIsDamaged() && renewIdentity(log.looks(false)));
    }
    long tornBytes;
    try (SegmentedLog log = SegmentedLog.open(config, disk, clock, random)) {
      tornBytes = log.stats().tornBytes();
    }
    try (OfflineLog log = OfflineLog.open(disk)) {
      OfflineLog.guarded("repair", () -> mend(log.looks(true)));
    }
    return new Outcome(mended, lostFrames, tornBytes, setAside);
  }

  private boolean moveUnreadable(List<OfflineLog.Look> looks) throws IOException {
    for (OfflineLog.Look look : looks) {
      if (look.file().isEmpty()) {
        copyAside(look.name(), 0, look.report().fileBytes(), look.name() + ".unreadable");
        aside.syncDirectory();
        disk.delete(look.name());
        disk.syncDirectory();
        mended++;
      }
    }
    return true;
  }

  /// The mark ahead of all offsets in use is lost. So the log goes on as far above what is there as
  /// a backup that was put back.
  private boolean renewIdentity(List<OfflineLog.Look> looks) throws IOException {
    try (DiskFile file = disk.open(Identity.FILE, Disk.Access.READ, false)) {
      copyAside(Identity.FILE, 0, file.sizeBytes(), Identity.FILE + ".unreadable");
    }
    aside.syncDirectory();
    String renewed = Identity.FILE + ".renewed";
    if (disk.list().contains(renewed)) {
      disk.delete(renewed);
    }
    List<SegmentHeader> headers =
        looks.stream().flatMap(look -> look.file().stream()).map(SegmentFile::header).toList();
    if (headers.isEmpty()) {
      disk.delete(Identity.FILE);
    } else {
      long generation = headers.stream().mapToLong(SegmentHeader::generation).max().orElseThrow();
      long end = looks.stream().mapToLong(look -> look.report().endOffset()).max().orElseThrow();
      long released =
          looks.stream()
              .filter(look -> look.report().state() == SegmentReport.State.PARKED)
              .mapToLong(look -> look.report().endOffset())
              .max()
              .orElse(0);
      try (var file = new CursorFile(disk, renewed)) {
        file.save(
            new Identity(headers.getLast().logId(), generation, end + LogCopy.APART, released)
                .encoded());
      }
      disk.rename(renewed, Identity.FILE);
    }
    disk.syncDirectory();
    mended++;
    return true;
  }

  private boolean mend(List<OfflineLog.Look> looks) throws IOException {
    Optional<Segment> before = Optional.empty();
    for (OfflineLog.Look look : looks) {
      if (look.report().isDamaged() && look.segment().isPresent()) {
        for (Damage.Stretch stretch : look.damage().stretches()) {
          copyAside(
              look.name(),
              stretch.position(),
              stretch.bytes(),
              "%s-%012d.damaged".formatted(look.name(), stretch.position()));
        }
        aside.syncDirectory();
        rewrite(look, look.segment().get(), before);
        mended++;
        lostFrames += look.report().damagedFrames();
      }
      before = look.segment();
    }
    return true;
  }

  /// Copies a stretch; a copy that an earlier run has made is made again.
  private void copyAside(String name, long position, long bytes, String to) throws IOException {
    if (aside.list().contains(to)) {
      aside.delete(to);
    }
    try (DiskFile from = disk.open(name, Disk.Access.READ, true);
        DiskFile file = aside.open(to, Disk.Access.CREATE, false)) {
      long end = position + bytes;
      ByteBuffer pages = Format.pages(Window.BYTES);
      for (long at = Format.pageDown(position); at < end; at += pages.capacity()) {
        int read = from.read(pages.clear(), at);
        int skip = (int) Math.max(0, position - at);
        int until = (int) Math.min(read, end - at);
        if (until > skip) {
          file.write(pages.limit(until).position(skip), at + skip - position);
        }
      }
      file.force();
    }
    setAside.add(to);
  }

  /// Writes the segment anew with its good frames alone, and with its own id, so that their
  /// checksums hold.
  private void rewrite(OfflineLog.Look look, Segment old, Optional<Segment> before)
      throws IOException {
    SegmentFile found = look.file().orElseThrow();
    var start = new Lanes();
    start.set(LaneTotals.atStart(disk, (_, _, _, _) -> {}, old, before));
    byte[] laneTable = Lanes.table(start.all());
    SegmentHeader header = found.header().grown(laneTable);
    String unfinished = SegmentWriter.unfinishedName(header);
    if (disk.list().contains(unfinished)) {
      disk.delete(unfinished);
    }
    try (DiskFile from = disk.open(look.name(), Disk.Access.READ, true);
        DiskFile to = disk.open(unfinished, Disk.Access.CREATE, true)) {
      SegmentWriter.writeHead(to, header, laneTable);
      var segment = new Segment(header);
      long dataEnd = copyFrames(from, old, to, header);
      var lanes = new Lanes();
      var scan = new TailScan(to, segment, new Damage(), config.indexBytes(), start.totals());
      scan.until(Optional.of(dataEnd), lanes);
      lanes.set(scan.lanes());
      Totals totals = scan.totals();
      long endSequence = scan.endSequence();
      if (found.trailer().isPresent()) {
        SegmentTrailer trailer = found.trailer().get();
        totals = trailer.totals();
        endSequence = trailer.endSequence();
        SegmentFooter.readLanes(from, trailer).ifPresent(lanes::set);
      }
      segment.advance(dataEnd, old.endOffset(), old.lastMicros());
      SegmentFooter.write(to, segment, segment.index(), endSequence, totals, lanes, dataEnd);
    }
    disk.rename(unfinished, look.name());
    disk.syncDirectory();
  }

  private static long copyFrames(DiskFile from, Segment old, DiskFile to, SegmentHeader header)
      throws IOException {
    var scanner =
        new SegmentScanner(from, old, new Window(Format.pages(Window.BYTES)), (_, _, _, _) -> {});
    var block = new BlockCopy(header, to);
    while (scanner.next(old.dataEnd())) {
      if (scanner.bodyIsGood()) {
        block.add(scanner.buffer(), scanner.at(), scanner.frame);
      }
    }
    return block.flush();
  }
}
