package io.pulsegate.sinks.sql;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;

/// The table that keeps a sink's cursor beside its rows. Uses the connection's transaction and
/// neither commits nor rolls back.
public final class CursorTable {
  /// Its name.
  public static final String NAME = "pulsegate_cursors";

  private static final String FIELDS = "fence, head, delivered, dead_lettered, dropped, stragglers";

  private final String create;
  private final String claim;
  private final String touch;
  private final String move;
  private final String load;

  /// @param name where it is; [#NAME] in the schema of the events
  public CursorTable(TableName name) {
    String table = name.quoted();
    this.create =
        """
        CREATE TABLE IF NOT EXISTS %s (
          log_id text NOT NULL,
          sink text NOT NULL,
          "partition" integer NOT NULL,
          fence bigint NOT NULL,
          head bigint NOT NULL,
          delivered bigint NOT NULL,
          dead_lettered bigint NOT NULL,
          dropped bigint NOT NULL,
          stragglers text NOT NULL,
          updated_at timestamptz NOT NULL,
          PRIMARY KEY (log_id, sink, "partition"))\
        """
            .formatted(table);
    this.claim =
        """
        INSERT INTO %s AS c (log_id, sink, "partition", %s, updated_at)
        VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, now())
        ON CONFLICT (log_id, sink, "partition")
        DO UPDATE SET fence = c.fence + 1, updated_at = now()
        RETURNING %s\
        """
            .formatted(table, FIELDS, FIELDS);
    this.touch =
        """
        UPDATE %s SET updated_at = now()
        WHERE log_id = ? AND sink = ? AND "partition" = ? AND fence = ?
        RETURNING %s\
        """
            .formatted(table, FIELDS);
    this.move =
        """
        UPDATE %s
        SET head = ?, delivered = ?, dead_lettered = ?, dropped = ?, stragglers = ?,
          updated_at = now()
        WHERE log_id = ? AND sink = ? AND "partition" = ? AND fence = ? AND head = ?\
        """
            .formatted(table);
    this.load =
        "SELECT %s FROM %s WHERE log_id = ? AND sink = ? AND \"partition\" = ?"
            .formatted(FIELDS, table);
  }

  /// The statement that creates it where it does not exist.
  public String createSql() {
    return create;
  }

  /// Takes the cursor over, or reads it again, by the rule of
  /// [io.pulsegate.api.CursorKeepingSink#claim].
  public Claim claim(Connection connection, CursorKey key, CursorRecord initial, OptionalLong mine)
      throws SQLException {
    if (mine.isPresent()) {
      Optional<CursorRecord> own = readAsOwner(connection, key, mine.getAsLong());
      if (own.isPresent()) {
        return new Claim.Owned(own.get());
      }
      Optional<CursorRecord> stored = load(connection, key);
      if (stored.isPresent() && stored.get().fence() > mine.getAsLong()) {
        return new Claim.Fenced(
            "the stored cursor has fence %d, this owner has fence %d"
                .formatted(stored.get().fence(), mine.getAsLong()));
      }
    }
    return new Claim.Owned(takeOver(connection, key, initial));
  }

  /// Waits, by the row's lock, for a commit that is still under way after its connection broke.
  private Optional<CursorRecord> readAsOwner(Connection connection, CursorKey key, long fence)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(touch)) {
      bindKey(statement, 1, key);
      statement.setLong(4, fence);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(read(row)) : Optional.empty();
      }
    }
  }

  private CursorRecord takeOver(Connection connection, CursorKey key, CursorRecord initial)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(claim)) {
      bindKey(statement, 1, key);
      statement.setLong(4, initial.head());
      statement.setLong(5, initial.delivered());
      statement.setLong(6, initial.deadLettered());
      statement.setLong(7, initial.dropped());
      statement.setString(8, initial.stragglersText());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return read(row);
      }
    }
  }

  /// Moves the cursor, if it stands where the move begins and belongs to the same owner.
  ///
  /// @return whether it moved; if not, the transaction must be rolled back
  public boolean move(Connection connection, CursorMove move) throws SQLException {
    CursorRecord to = move.to();
    try (PreparedStatement statement = connection.prepareStatement(this.move)) {
      statement.setLong(1, to.head());
      statement.setLong(2, to.delivered());
      statement.setLong(3, to.deadLettered());
      statement.setLong(4, to.dropped());
      statement.setString(5, to.stragglersText());
      bindKey(statement, 6, move.key());
      statement.setLong(9, move.from().fence());
      statement.setLong(10, move.from().head());
      return statement.executeUpdate() == 1;
    }
  }

  /// Says for a person why a move was refused, by what is stored now.
  public String explainRefusal(Connection connection, CursorMove move) throws SQLException {
    String expected =
        "this owner has fence %d and head %d".formatted(move.from().fence(), move.from().head());
    return load(connection, move.key())
        .map(stored ->
            "the stored cursor has fence %d and head %d, %s"
                .formatted(stored.fence(), stored.head(), expected))
        .orElse("there is no stored cursor, " + expected);
  }

  private Optional<CursorRecord> load(Connection connection, CursorKey key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(load)) {
      bindKey(statement, 1, key);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(read(row)) : Optional.empty();
      }
    }
  }

  private static void bindKey(PreparedStatement statement, int from, CursorKey key)
      throws SQLException {
    statement.setString(from, key.logId());
    statement.setString(from + 1, key.sink());
    statement.setInt(from + 2, key.partition());
  }

  private static CursorRecord read(ResultSet row) throws SQLException {
    return new CursorRecord(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        CursorRecord.parseStragglers(row.getString(6)));
  }
}
