package io.pulsegate.log;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Files that were segments once and are ready to become segments again: overwriting what is
/// already written costs the disk half of what growing a file costs.
///
/// A file is ready when its new name is durable, and nobody has its old life open. Where none is,
/// one is written with zeros ahead of need. Who finds none ready begins a growing file; nobody ever
/// waits for one.
final class SegmentPool {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");
  private static final int FILES_MAX = 2;
  private static final String READY = ".free";

  private final Disk disk;
  private final LogConfig config;
  private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
  private long nextNumber;
  private @Nullable ZeroedFile preparing;

  SegmentPool(Disk disk, LogConfig config) {
    this.disk = disk;
    this.config = config;
  }

  /// Takes over what an earlier run left, and deletes what is of no use to this one.
  synchronized void open(List<String> names) throws IOException {
    for (String name : names.stream().filter(ZeroedFile::isUnfinished).toList()) {
      disk.delete(name);
    }
    for (String name : names.stream().filter(SegmentPool::isReadyName).sorted().toList()) {
      nextNumber = Math.max(nextNumber, Long.parseLong(name.substring(0, 10)) + 1);
      if (config.recycle() && ready.size() < FILES_MAX && hasRightSize(sizeBytes(name))) {
        ready.add(name);
      } else {
        disk.delete(name);
      }
    }
  }

  /// Soon a file will be taken: has one made where none is ready. Committer only.
  void prepare() {
    ZeroedFile before = preparing;
    if (config.prepare()
        && config.recycle()
        && ready.isEmpty()
        && (before == null || !before.isRunning())) {
      var next =
          new ZeroedFile(
              disk,
              config.segmentBytes(),
              config.reserveBytes() + 2 * config.segmentBytes(),
              nextName(),
              this::offer);
      preparing = next;
      next.start();
    }
  }

  /// Nothing is made any more when it returns. Committer only.
  void close() {
    if (preparing != null) {
      preparing.stop();
    }
  }

  private long sizeBytes(String name) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, true)) {
      return file.sizeBytes();
    }
  }

  static boolean isReadyName(String name) {
    return name.matches("\\d{10}\\" + READY);
  }

  private boolean hasRightSize(long bytes) {
    return bytes % Format.PAGE == 0
        && bytes >= config.segmentBytes() / 4 * 3
        && bytes <= config.segmentBytes() / 4 * 5;
  }

  /// Whether a segment's file is of use here, and nobody reads it any more; then nobody will.
  boolean takes(Segment segment) {
    return config.recycle()
        && ready.size() < FILES_MAX
        && hasRightSize(segment.fileBytes())
        && segment.retire();
  }

  /// A name for a file that is about to come in. Any thread.
  synchronized String nextName() {
    return "%010d%s".formatted(nextNumber++, READY);
  }

  /// The file has that name, durably.
  void offer(String name) {
    ready.add(name);
  }

  /// A file that is ready, if there is one. Committer only.
  Optional<String> take() {
    return Optional.ofNullable(ready.poll());
  }

  /// Gives the space of the ready files back: the disk is full. Committer only.
  void drop() {
    for (String name = ready.poll(); name != null; name = ready.poll()) {
      try {
        disk.delete(name);
      } catch (IOException e) {
        LOGGER.log(
            Level.WARNING, "a file kept for reuse was not deleted: file={0} cause={1}", name, e);
      }
    }
  }
}
