package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult;
import io.pulsegate.sinks.sql.Rejections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// Finds the events of a refused batch that are to blame, all of them in one pass.
///
/// A COPY names the first bad row at most, so a batch with thirty would be written thirty times.
/// Here the batch is copied once more in small groups, each under a savepoint, in a transaction
/// that is rolled back in the end. A bad row costs what its group costs, and the rows that are good
/// stay there for the others to collide with, as they will in the real write.
///
/// Bounded by a number of COPYs: what has not been found by then is found in the next write.
final class CulpritSearch {
  private static final int GROUP_EVENTS = 256;
  private static final int COPIES_MAX = 2_000;

  /// Copies the events `[from, to)` of the batch.
  @FunctionalInterface
  interface Rows {
    void copy(Batch batch, int from, int to) throws SQLException;
  }

  private final Connection connection;
  private final Rows rows;
  private final Batch batch;
  private final Map<Integer, SQLException> culprits = new TreeMap<>();
  private int copiesLeft = COPIES_MAX;

  /// @param connection outside a transaction, and left so
  CulpritSearch(Connection connection, Rows rows, Batch batch) {
    this.connection = connection;
    this.rows = rows;
    this.batch = batch;
  }

  /// What became of the batch.
  ///
  /// @param refusal the error it was refused with
  /// @throws SQLException what is not the rows' fault
  WriteResult find(SQLException refusal) throws SQLException {
    try (var immediate = connection.createStatement()) {
      // Constraints that would wait for the commit are checked after each COPY.
      immediate.execute("SET CONSTRAINTS ALL IMMEDIATE");
    }
    boolean known = true;
    for (int from = 0; from < batch.events() && known; from += GROUP_EVENTS) {
      known = settle(from, Math.min(from + GROUP_EVENTS, batch.events()));
    }
    connection.rollback();
    return culprits.isEmpty() ? PostgresErrors.refusal(refusal) : rejections().of(batch);
  }

  /// Copies the events `[from, to)` but for the culprits, who are noted.
  ///
  /// @return false where the search ends, because there were too many or for an error whose culprit
  ///   cannot be known
  private boolean settle(int from, int to) throws SQLException {
    int start = from;
    while (start < to) {
      if (copiesLeft-- == 0) {
        return false;
      }
      Optional<SQLException> refusal = copy(start, to);
      if (refusal.isEmpty()) {
        return true;
      }
      SQLException error = refusal.get();
      if (!PostgresErrors.isAboutOneRow(error)) {
        return false;
      }
      OptionalInt line = PostgresErrors.certainLine(error);
      int goodEnd;
      int next;
      if (line.isPresent() || to - start == 1) {
        goodEnd = line.isPresent() ? Math.clamp(start + line.getAsInt() - 1, start, to - 1) : start;
        next = goodEnd + 1;
        culprits.put(goodEnd, error);
      } else {
        goodEnd = (start + to) >>> 1;
        next = goodEnd;
      }
      if (!settle(start, goodEnd)) {
        return false;
      }
      start = next;
    }
    return true;
  }

  /// @return why the rows are refused, where they are; nothing of them is there then
  private Optional<SQLException> copy(int from, int to) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      rows.copy(batch, from, to);
      connection.releaseSavepoint(before);
      return Optional.empty();
    } catch (SQLException e) {
      if (!PostgresErrors.isAboutRows(e)) {
        throw e;
      }
      connection.rollback(before);
      connection.releaseSavepoint(before);
      return Optional.of(e);
    }
  }

  private Rejections rejections() {
    var rejections = new Rejections();
    EventCursor event = batch.cursorOverEvents();
    for (int i = 0; event.next(); i++) {
      SQLException error = culprits.get(i);
      if (error != null) {
        rejections.add(
            event,
            new Rejection(
                event.offset(),
                PostgresErrors.refusal(error).code(),
                PostgresErrors.refusalReason(error)));
      }
    }
    return rejections;
  }
}
