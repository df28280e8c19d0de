package io.pulsegate.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalInt;

/// The table that says which version of its layout each of our tables has. Uses the connection's
/// transaction and neither commits nor rolls back.
public final class SchemaTable {
  /// Its name.
  public static final String NAME = "pulsegate_schema";

  private final String quoted;

  /// @param name where it is; [#NAME] in the schema of the events
  public SchemaTable(TableName name) {
    this.quoted = name.quoted();
  }

  /// The statement that creates it where it does not exist.
  public String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      table_name text NOT NULL PRIMARY KEY,
      version integer NOT NULL)\
    """
        .formatted(quoted);
  }

  /// The version of a table; empty where it is not one of ours.
  public OptionalInt versionOf(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT version FROM " + quoted + " WHERE table_name = ?")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
      }
    }
  }

  /// Records a table's version.
  public void record(Connection connection, String table, int version) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO %s (table_name, version) VALUES (?, ?)".formatted(quoted)
                + " ON CONFLICT (table_name) DO UPDATE SET version = excluded.version")) {
      statement.setString(1, table);
      statement.setInt(2, version);
      statement.executeUpdate();
    }
  }

  /// Refuses a table that a newer version of PulseGate has made.
  public static void refuseNewer(String table, int version, int known)
      throws MisconfiguredException {
    if (version > known) {
      throw new MisconfiguredException(
          ("table %s has layout version %d, this PulseGate knows versions up to %d: run the newer"
                  + " PulseGate, or set another table")
              .formatted(table, version, known));
    }
  }
}
