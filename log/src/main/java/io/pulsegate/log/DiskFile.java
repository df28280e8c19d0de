package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// An open file of a [Disk]. Used by one thread at a time.
public interface DiskFile extends Closeable {
  long sizeBytes() throws IOException;

  /// Fills the buffer from its position on, as far as the file goes.
  ///
  /// @return bytes read; fewer than remained in the buffer only at the end of the file
  int read(ByteBuffer into, long position) throws IOException;

  /// Writes all that remains in the buffer. After an exception nothing is known about the range.
  void write(ByteBuffer from, long position) throws IOException;

  /// Cuts the file to that size.
  void truncate(long bytes) throws IOException;

  /// Makes everything written so far durable, the file's size included. After an exception nothing
  /// is known about what was written since the last success, and a second call proves nothing.
  void force() throws IOException;
}
