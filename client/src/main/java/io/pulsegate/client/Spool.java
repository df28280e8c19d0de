package io.pulsegate.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A queue in files: what was tracked outlives the process.
///
/// An event is a copy into a mapped file: no system call, so that tracking does not wait for a disk
/// and no interrupt of an application's thread can close a file. The pages belong to the operating
/// system from then on, so a killed process loses nothing. A thread of its own, never interrupted,
/// writes them to the disk every so often (what a loss of power may cost), prepares files ahead of
/// need and empties those that are done with.
final class Spool implements SegmentStore {
  private static final int SEGMENT_BYTES_MAX = 4 << 20;
  private static final int SEGMENT_BYTES_MIN = 64 * 1024;
  private static final int SEGMENTS_MIN = 4;
  private static final int PREPARED = 2;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String SUFFIX = ".spool";

  private final Path folder;
  private final WireFormat format;
  private final long syncNanos;
  private final int segmentBytes;
  private final int filesMax;
  private final Consumer<String> trouble;
  private final FileChannel lockFile;
  private final Thread keeper;

  private final List<Segment> recovered = new ArrayList<>();
  private long recoveredEvents;
  private long damagedBytes;

  private final Map<Segment, SpoolFile> files = new HashMap<>(); // guarded by this
  private final ArrayDeque<SpoolFile> free = new ArrayDeque<>(); // guarded by this
  private final ConcurrentLinkedQueue<Segment> ready = new ConcurrentLinkedQueue<>();
  private long nextSequence = 1;
  private int nextName;
  private int fileCount;
  private volatile boolean dirty;
  private volatile boolean stopping;

  private Spool(
      Path folder,
      WireFormat format,
      long bytesMax,
      Duration sync,
      Consumer<String> trouble,
      FileChannel lockFile) {
    this.folder = folder;
    this.format = format;
    this.syncNanos = sync.toNanos();
    this.segmentBytes = segmentBytes(bytesMax);
    this.filesMax = (int) Math.max(SEGMENTS_MIN, Math.min(bytesMax / segmentBytes, 100_000));
    this.trouble = trouble;
    this.lockFile = lockFile;
    this.keeper = new Thread(this::keep, "pulsegate-spool");
    keeper.setDaemon(true);
  }

  private static int segmentBytes(long bytesMax) {
    long wanted = bytesMax / 16 & ~4095L;
    return (int) Math.max(SEGMENT_BYTES_MIN, Math.min(SEGMENT_BYTES_MAX, wanted));
  }

  /// Takes the folder and reads what an earlier run left in it.
  ///
  /// @param format of the events, in which they lie here
  /// @param bytesMax of all files together
  /// @param sync how long what was tracked may stay away from the disk itself
  /// @throws IOException where the folder cannot be used, another client uses it, or events wait in
  ///   it in another format
  static Spool open(
      Path folder, WireFormat format, long bytesMax, Duration sync, Consumer<String> trouble)
      throws IOException {
    Files.createDirectories(folder);
    FileChannel lockFile = lock(folder);
    var spool = new Spool(folder, format, bytesMax, sync, trouble, lockFile);
    try {
      spool.recover();
      if (spool.recovered.isEmpty()) { // else a full disk has room again when those are sent
        spool.prepareOne();
      }
    } catch (IOException | RuntimeException | Error e) {
      lockFile.close();
      throw e;
    }
    spool.keeper.start();
    return spool;
  }

  private static FileChannel lock(Path folder) throws IOException {
    var channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException inThisProcess) {
      // Told below.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        "the spool %s is used by another client; give each client of its own a folder"
            .formatted(folder));
  }

  private void recover() throws IOException {
    List<SpoolFile> used = new ArrayList<>();
    for (Path path : paths()) {
      nextName = Math.max(nextName, number(path) + 1);
      SpoolFile file = Files.size(path) < SpoolFile.HEADER_BYTES ? null : SpoolFile.open(path);
      if (file == null || file.state() == SpoolFile.State.UNREADABLE) {
        setAside(path);
      } else if (file.state() == SpoolFile.State.USED) {
        used.add(file);
      } else if (file.sizeBytes() == segmentBytes) {
        free.add(file);
        fileCount++;
      } else {
        Files.delete(path);
      }
    }
    used.sort(Comparator.comparingLong(SpoolFile::sequence));
    for (SpoolFile file : used) {
      take(file);
    }
  }

  private void take(SpoolFile file) throws IOException {
    nextSequence = Math.max(nextSequence, file.sequence() + 1);
    Segment segment = file.segment();
    Segment.Found found = segment.scan(file.settled());
    damagedBytes += found.damagedBytes();
    if (found.events() > 0) {
      if (!file.isIn(format)) {
        throw new IOException(
            "%s holds %d events of a client with %s: send them with such a client, or use another"
                    .formatted(
                        file.path().getFileName(),
                        found.events(),
                        file.isIn(WireFormat.NATIVE) ? "apiKey" : "siteId")
                + " folder; they were kept");
      }
      // Behind the end may lie what a loss of power left of later records.
      file.zero(segment.end());
      recovered.add(segment);
      recoveredEvents += found.events();
      files.put(segment, file);
      fileCount++;
    } else if (file.sizeBytes() == segmentBytes) {
      free.add(file);
      fileCount++;
    } else {
      Files.delete(file.path());
    }
  }

  private List<Path> paths() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().matches("\\d{6}\\" + SUFFIX))
          .sorted()
          .toList();
    }
  }

  private static int number(Path path) {
    return Integer.parseInt(path.getFileName().toString().replace(SUFFIX, ""));
  }

  private void setAside(Path path) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".unreadable");
    Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    trouble.accept("a file could not be read and was set aside as " + aside);
  }

  @Override
  public List<Segment> recovered() {
    return recovered;
  }

  @Override
  public long recoveredEvents() {
    return recoveredEvents;
  }

  @Override
  public long damagedBytes() {
    return damagedBytes;
  }

  @Override
  public int recordBytesMax() {
    return segmentBytes - SpoolFile.HEADER_BYTES - Segment.RECORD_HEADER_BYTES;
  }

  @Override
  public @Nullable Segment take(int length) {
    Segment segment = ready.poll();
    LockSupport.unpark(keeper);
    return segment;
  }

  @Override
  public void appended() {
    if (!dirty) {
      dirty = true;
      LockSupport.unpark(keeper);
    }
  }

  @Override
  public synchronized void settled(Segment segment) {
    SpoolFile file = files.get(segment);
    if (file != null) {
      file.settled(segment.settled());
    }
  }

  @Override
  public synchronized void release(Segment segment) {
    SpoolFile file = files.remove(segment);
    if (file != null) {
      file.settled(segment.settled());
      if (file.sizeBytes() == segmentBytes) {
        free.add(file);
      } else { // of another size, from before a change of the setting
        fileCount--;
        delete(file.path());
      }
    }
    LockSupport.unpark(keeper);
  }

  private void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      trouble.accept("a file that is done with could not be deleted: " + e.getMessage());
    }
  }

  @Override
  public boolean canRewind() {
    return false;
  }

  @Override
  public boolean survivesClose() {
    return true;
  }

  private void keep() {
    long nextSync = System.nanoTime() + syncNanos;
    long nextTry = System.nanoTime();
    boolean failing = false;
    while (!stopping) {
      if (!failing || System.nanoTime() - nextTry >= 0) { // however often it is woken meanwhile
        failing = !prepareAhead(failing);
        nextTry = System.nanoTime() + RETRY_NANOS;
      }
      if (dirty && System.nanoTime() - nextSync >= 0) {
        sync();
        nextSync = System.nanoTime() + syncNanos;
      }
      long now = System.nanoTime();
      long untilTry = failing ? nextTry - now : Long.MAX_VALUE;
      long untilSync = dirty ? nextSync - now : Long.MAX_VALUE;
      LockSupport.parkNanos(Math.max(1, Math.min(untilTry, untilSync)));
    }
    sync();
  }

  /// Told once in a row of failures.
  ///
  /// @return false where the disk does not let it
  private boolean prepareAhead(boolean isTold) {
    try {
      while (ready.size() < PREPARED && prepareOne()) {}
      return true;
    } catch (IOException | RuntimeException e) {
      if (!isTold) {
        trouble.accept("no further file can be prepared, what does not fit is dropped: " + e);
      }
      return false;
    }
  }

  /// Makes one more segment ready.
  ///
  /// @return false where the spool is at its bound
  private boolean prepareOne() throws IOException {
    SpoolFile file;
    long sequence;
    synchronized (this) {
      file = free.poll();
      if (file == null && fileCount >= filesMax) {
        return false;
      }
      sequence = nextSequence++;
    }
    if (file == null) {
      Path path = folder.resolve("%06d%s".formatted(nextName++, SUFFIX));
      try {
        file = SpoolFile.create(path, segmentBytes);
      } catch (IOException e) {
        delete(path);
        throw e;
      }
      syncFolder();
      synchronized (this) {
        fileCount++;
      }
    }
    file.prepare(sequence, format);
    Segment segment = file.segment();
    synchronized (this) {
      files.put(segment, file);
    }
    ready.add(segment);
    return true;
  }

  /// So that a new file's name outlives a loss of power; not every system can.
  private void syncFolder() {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notOnThisSystem) {
      // Windows: names are durable by its own means.
    }
  }

  private void sync() {
    dirty = false;
    List<SpoolFile> inUse;
    synchronized (this) {
      inUse = new ArrayList<>(files.values());
    }
    try {
      inUse.forEach(SpoolFile::force);
    } catch (RuntimeException | InternalError e) {
      trouble.accept("what was tracked could not be written to the disk: " + e.getMessage());
    }
  }

  /// Writes everything to the disk and gives the folder back.
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(keeper);
    boolean interrupted = false;
    while (keeper.isAlive()) {
      try {
        keeper.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      lockFile.close();
    } catch (IOException e) {
      trouble.accept("the lock could not be given back: " + e.getMessage());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
