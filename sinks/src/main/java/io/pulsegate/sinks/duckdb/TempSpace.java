package io.pulsegate.sinks.duckdb;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The disk on which DuckDB puts aside what a query cannot hold in memory: the folder `FILE.tmp`
/// beside the database. Any thread.
final class TempSpace {
  private static final long MIB = 1L << 20;

  private final Path folder;
  private final long keepBytes;

  /// @param keepBytes what queries leave free on the disk of the file
  TempSpace(Path database, long keepBytes) {
    Path file = database.toAbsolutePath();
    this.folder = file.resolveSibling(file.getFileName() + ".tmp");
    this.keepBytes = keepBytes;
  }

  /// Why queries that put rows aside must end; empty while there is room, or none does.
  Optional<String> shortage() {
    try {
      if (Files.getFileStore(folder.getParent()).getUsableSpace() >= keepBytes || !isUsed()) {
        return Optional.empty();
      }
    } catch (IOException unknown) {
      return Optional.empty();
    }
    return Optional.of(
        "the query was stopped: it put rows aside on a disk that has less than %d MiB free, which the log needs; ask for less at a time, or free some space"
            .formatted(Math.ceilDiv(keepBytes, MIB)));
  }

  private boolean isUsed() throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      return files.iterator().hasNext();
    }
  }
}
