package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A segment's file for reading, of which the newest bytes come from memory. One thread.
final class TailedFile implements DiskFile {
  private final DiskFile file;
  private final Segment segment;
  private final MemoryTail tail;

  TailedFile(DiskFile file, Segment segment, MemoryTail tail) {
    this.file = file;
    this.segment = segment;
    this.tail = tail;
  }

  @Override
  public long sizeBytes() throws IOException {
    return file.sizeBytes();
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int wanted = into.remaining();
    return tail.read(segment, into, position) ? wanted : file.read(into, position);
  }

  @Override
  public void write(ByteBuffer from, long position) {
    throw new UnsupportedOperationException("opened for reading");
  }

  @Override
  public void truncate(long bytes) {
    throw new UnsupportedOperationException("opened for reading");
  }

  @Override
  public void force() {
    throw new UnsupportedOperationException("opened for reading");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
