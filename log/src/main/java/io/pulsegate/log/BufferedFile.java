package io.pulsegate.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A file through the page cache. It uses no FileChannel, so an interrupt cannot close it.
final class BufferedFile implements DiskFile {
  private static final int SCRATCH_BYTES = 256 * 1024;

  private final RandomAccessFile file;
  private byte[] scratch = new byte[0];

  BufferedFile(Path path, boolean writable) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), writable ? "rw" : "r");
  }

  @Override
  public long sizeBytes() throws IOException {
    return file.length();
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    file.seek(position);
    int total = 0;
    while (into.hasRemaining()) {
      byte[] bytes = scratch(into.remaining());
      int count = file.read(bytes, 0, Math.min(bytes.length, into.remaining()));
      if (count < 0) {
        break;
      }
      into.put(bytes, 0, count);
      total += count;
    }
    return total;
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    file.seek(position);
    while (from.hasRemaining()) {
      byte[] bytes = scratch(from.remaining());
      int count = Math.min(bytes.length, from.remaining());
      from.get(bytes, 0, count);
      file.write(bytes, 0, count);
    }
  }

  @Override
  public void truncate(long bytes) throws IOException {
    file.setLength(bytes);
  }

  @Override
  public void force() throws IOException {
    file.getFD().sync();
  }

  private byte[] scratch(int wanted) {
    if (scratch.length < Math.min(wanted, SCRATCH_BYTES)) {
      scratch = new byte[Math.min(wanted, SCRATCH_BYTES)];
    }
    return scratch;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
