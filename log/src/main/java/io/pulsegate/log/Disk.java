package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// One folder of files, as the log needs it: the seam at which tests lose, tear and refuse writes.
///
/// Any thread may call it. An interrupt of the calling thread does not disturb a call and is still
/// set afterwards. Files come into being, change their name and go only in the folder's memory
/// until [#syncDirectory] returns.
public interface Disk {
  /// How a file is opened.
  enum Access {
    /// For reading; the file must exist.
    READ,
    /// For reading and writing; the file must exist.
    WRITE,
    /// For reading and writing; the file must not exist.
    CREATE
  }

  /// Names of the files in the folder, in no order.
  List<String> list() throws IOException;

  /// @param blocks promises that every position, size and buffer address is a multiple of 4 KiB, so
  ///   that the page cache can be passed by
  /// @throws java.nio.file.NoSuchFileException when a file to read or write is not there
  DiskFile open(String name, Access access, boolean blocks) throws IOException;

  /// Renames in one step, replacing a file of the new name.
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /// Makes creations, renames and deletions durable.
  void syncDirectory() throws IOException;

  /// Bytes that can still be written.
  long usableBytes() throws IOException;

  /// Keeps other processes out until it is closed.
  ///
  /// @throws IOException when another one holds it
  Closeable lock(String name) throws IOException;
}
