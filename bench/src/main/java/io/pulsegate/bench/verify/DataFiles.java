package io.pulsegate.bench.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Finds databases in a server's data folder.
final class DataFiles {
  private static final int DEPTH_MAX = 3;

  private DataFiles() {}

  /// @param place the DuckDB file itself, or a folder with exactly one
  static Path duckDb(Path place) throws IOException {
    return single(place, ".duckdb");
  }

  /// @param place the SQLite file itself, or a folder with exactly one `state.db`
  static Path stateStore(Path place) throws IOException {
    return single(place, "state.db");
  }

  private static Path single(Path place, String nameEnd) throws IOException {
    if (Files.isRegularFile(place)) {
      return place;
    }
    if (!Files.isDirectory(place)) {
      throw new NoSuchFileException(place.toString(), null, "no such file or data folder");
    }
    List<Path> found;
    try (var files = Files.walk(place, DEPTH_MAX)) {
      found = files.filter(file -> file.getFileName().toString().endsWith(nameEnd)).toList();
    }
    if (found.size() != 1) {
      throw new IOException(
          "expected one file *"
              + nameEnd
              + " in "
              + place
              + ", found "
              + found.size()
              + ": "
              + found);
    }
    return found.getFirst();
  }
}
