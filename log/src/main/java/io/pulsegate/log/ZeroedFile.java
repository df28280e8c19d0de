package io.pulsegate.log;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Makes a file that was written once, with zeros, so that a segment in it need not grow. On a
/// thread of its own, at a pace that leaves the disk to the commits; nobody waits for it, and what
/// goes wrong here harms nobody.
final class ZeroedFile {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");
  private static final int STEP_BYTES = 1 << 20;
  private static final long BYTES_PER_SECOND = 64L << 20;
  private static final long JOIN_MILLIS = 100;
  private static final String UNFINISHED = ".new";

  private final Disk disk;
  private final long sizeBytes;
  private final long spareBytes;
  private final String name;
  private final Consumer<String> ready;
  private final Thread thread;
  private volatile boolean stopping;

  /// @param spareBytes of the disk that must stay free
  /// @param ready told the name when the file has it, durably
  ZeroedFile(Disk disk, long sizeBytes, long spareBytes, String name, Consumer<String> ready) {
    this.disk = disk;
    this.sizeBytes = Format.pageUp(sizeBytes);
    this.spareBytes = spareBytes;
    this.name = name;
    this.ready = ready;
    this.thread = Thread.ofPlatform().name("pulsegate-log-zeros").unstarted(this::run);
  }

  static boolean isUnfinished(String name) {
    return name.endsWith(UNFINISHED)
        && SegmentPool.isReadyName(name.substring(0, name.length() - UNFINISHED.length()));
  }

  void start() {
    thread.start();
  }

  boolean isRunning() {
    return thread.isAlive();
  }

  /// Has it end soon, without a file where it is not finished; returns when it has.
  void stop() {
    stopping = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      LockSupport.unpark(thread);
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    String unfinished = name + UNFINISHED;
    try {
      if (write(unfinished)) {
        disk.rename(unfinished, name);
        disk.syncDirectory();
        ready.accept(name);
      } else {
        disk.delete(unfinished);
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.log(
          Level.WARNING,
          "a file was not prepared, the next segment will grow: file={0} cause={1}",
          name,
          e);
      deleteQuietly(unfinished);
    }
  }

  private void deleteQuietly(String unfinished) {
    try {
      disk.delete(unfinished);
    } catch (IOException | RuntimeException e) {
      LOGGER.log(Level.DEBUG, "the next open deletes " + unfinished, e);
    }
  }

  /// False where it gave up.
  private boolean write(String unfinished) throws IOException {
    try (DiskFile file = disk.open(unfinished, Disk.Access.CREATE, true)) {
      ByteBuffer zeros = Format.pages((int) Math.min(sizeBytes, STEP_BYTES));
      long begun = System.nanoTime();
      for (long at = 0; at < sizeBytes; at += STEP_BYTES) {
        if (stopping || disk.usableBytes() - (sizeBytes - at) < spareBytes) {
          return false;
        }
        file.write(zeros.clear().limit((int) Math.min(STEP_BYTES, sizeBytes - at)), at);
        LockSupport.parkNanos((long) (at * 1e9 / BYTES_PER_SECOND) - (System.nanoTime() - begun));
      }
      file.force();
      return !stopping;
    }
  }
}
