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
    /// Columns and rows; a cell is empty where it is NULL.
    ///
    /// @param truncated whether `rowsMax` cut the result
    record Table(List<Column> columns, List<List<Optional<String>>> rows, boolean truncated)
        implements Answer {}

    /// A column and what its cells are.
    record Column(String name, Kind kind) {
      /// A column of texts.
      public static Column text(String name) {
        return new Column(name, Kind.TEXT);
      }
    }

    /// What the text of a cell is.
    enum Kind {
      /// Anything else.
      TEXT,
      /// A number as JSON writes it, of any size; or a text that is none, such as `NaN`.
      NUMBER,
      /// `true` or `false`.
      BOOLEAN,
      /// One JSON value, such as that of a list.
      JSON
    }

    /// The query was refused or failed; the text is for the one who wrote it.
    record Failed(String reason) implements Answer {}
  }
}
