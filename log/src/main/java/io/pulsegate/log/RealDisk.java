package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// A folder of the file system.
///
/// Files of blocks are opened with O_DIRECT where the file system takes it, all others, and all
/// where it does not, through the page cache. Interrupts: [DirectFile] and [BufferedFile] say how
/// they bear them; what else needs a channel (folder sync, lock) runs on a platform thread of its
/// own for the moment, which nobody can interrupt.
public final class RealDisk implements Disk {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");
  private static final String PROBE = "direct.probe";

  private final Path folder;
  private final FileStore store;
  private final boolean direct;

  private RealDisk(Path folder, FileStore store, boolean direct) {
    this.folder = folder;
    this.store = store;
    this.direct = direct;
  }

  /// Makes the folder where it is missing.
  ///
  /// @throws LogException IO_FAILED
  public static RealDisk at(Path folder) {
    return open(folder, true);
  }

  /// The same without O_DIRECT, even where it would be taken.
  public static RealDisk buffered(Path folder) {
    return open(folder, false);
  }

  private static RealDisk open(Path folder, boolean direct) {
    try {
      DurableFolder.create(folder);
      boolean taken = direct && DirectOption.DIRECT.isPresent() && takesDirect(folder);
      LOGGER.log(
          Level.DEBUG, "log folder opened: folder={0} direct={1}", folder, Boolean.toString(taken));
      return new RealDisk(folder, Files.getFileStore(folder), taken);
    } catch (IOException e) {
      throw new LogException(
          LogException.Code.IO_FAILED, "cannot use the folder " + folder + ": " + e, e);
    }
  }

  /// Tries a write: some file systems take the flag at open and fail later.
  private static boolean takesDirect(Path folder) throws IOException {
    Path probe = folder.resolve(PROBE);
    try {
      return onPlatformThread(() -> {
        try (var channel =
            FileChannel.open(
                probe,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                DirectOption.DIRECT.orElseThrow())) {
          return channel.write(Format.pages(Format.PAGE), 0) == Format.PAGE;
        } catch (IOException | UnsupportedOperationException e) {
          return false;
        }
      });
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /// Whether files of blocks pass by the page cache.
  public boolean isDirect() {
    return direct;
  }

  @Override
  public List<String> list() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Override
  public DiskFile open(String name, Access access, boolean blocks) throws IOException {
    Path path = folder.resolve(name);
    if (access == Access.CREATE) {
      Files.createFile(path);
    } else if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    boolean writable = access != Access.READ;
    return direct && blocks ? new DirectFile(path, writable) : new BufferedFile(path, writable);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        folder.resolve(from),
        folder.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    DurableFolder.sync(folder);
  }

  @Override
  public long usableBytes() throws IOException {
    return store.getUsableSpace();
  }

  @Override
  public Closeable lock(String name) throws IOException {
    Path path = folder.resolve(name);
    return onPlatformThread(() -> {
      var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        @Nullable FileLock lock = channel.tryLock();
        if (lock != null) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        // Held in this process: the same as held elsewhere.
      }
      channel.close();
      throw new FileAlreadyExistsException(path.toString(), null, "locked");
    });
  }

  @FunctionalInterface
  interface IoCall<T> extends Callable<T> {
    @Override
    T call() throws IOException;
  }

  /// Runs the call where no interrupt can reach it, and waits for it whatever comes.
  static <T> T onPlatformThread(IoCall<T> call) throws IOException {
    var task = new FutureTask<T>(call);
    Thread.ofPlatform().name("pulsegate-log-io").daemon().start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
