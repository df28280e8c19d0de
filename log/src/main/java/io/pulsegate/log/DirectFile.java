package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/// A file that passes by the page cache (O_DIRECT).
///
/// Writing and syncing are for threads that nobody can interrupt: the committer, and the thread
/// that runs recovery. Reading bears it: an interrupt closes this reader's own channel, which is
/// opened again, the read repeated and the thread's flag set again at the end.
final class DirectFile implements DiskFile {
  private final Path path;
  private final Set<OpenOption> options = new HashSet<>();
  private FileChannel channel;

  DirectFile(Path path, boolean writable) throws IOException {
    this.path = path;
    options.add(StandardOpenOption.READ);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    options.add(DirectOption.DIRECT.orElseThrow());
    this.channel = FileChannel.open(path, options);
  }

  @Override
  public long sizeBytes() throws IOException {
    return uninterrupted(() -> channel.size());
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int begin = into.position();
    return uninterrupted(() -> {
      into.position(begin);
      while (into.hasRemaining()) {
        int count = channel.read(into, position + into.position() - begin);
        // A short count can only be the end of the file; going on would be unaligned.
        if (count < 0 || into.position() % Format.PAGE != 0) {
          break;
        }
      }
      return into.position() - begin;
    });
  }

  private <T> T uninterrupted(RealDisk.IoCall<T> call) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return call.call();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          channel = FileChannel.open(path, options);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    int begin = from.position();
    while (from.hasRemaining()) {
      int _ = channel.write(from, position + from.position() - begin);
    }
  }

  @Override
  public void truncate(long bytes) throws IOException {
    channel.truncate(bytes);
  }

  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
