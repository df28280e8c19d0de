package io.pulsegate.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A sink that a person can ask in SQL, read-only.
public interface Queryable {
  /// Runs one query on a connection of its own; many at a time.
  Answer query(String sql, int rowsMax, Duration timeout) throws InterruptedException;

  /// What came of a query.
  sealed interface Answer {
    /// Column names and rows; a cell is empty where it is NULL.
    ///
    /// @param truncated whether `rowsMax` cut the result
    record Table(List<String> columns, List<List<Optional<String>>> rows, boolean truncated)
        implements Answer {}

    /// The query was refused or failed; the text is for the one who wrote it.
    record Failed(String reason) implements Answer {}
  }
}
