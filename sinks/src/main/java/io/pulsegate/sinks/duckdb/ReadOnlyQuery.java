package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Queryable.Answer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One query that can read and nothing else. Two things hold it: DuckDB's own parser must find
/// exactly one `SELECT` (which `SHOW`, `DESCRIBE`, `SUMMARIZE`, `FROM` and `VALUES` are to it, also
/// behind `EXPLAIN`), so that nothing can end the transaction; and the transaction is read-only, so
/// that a `SELECT` that writes fails.
final class ReadOnlyQuery {
  private static final Pattern EXPLAIN =
      Pattern.compile("\\s*explain\\s+(analyze\\s+)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern LINE = Pattern.compile("^LINE (\\d{1,9}):", Pattern.MULTILINE);
  private static final String PARSE =
      """
      SELECT (j->>'error')::boolean, j->>'error_type', j->>'error_message',
        json_array_length(j->'statements')
      FROM (SELECT json_serialize_sql(?) AS j)\
      """;

  private final Connection connection;
  private final Statement statement;

  /// @param statement of that connection, which the caller may cancel
  ReadOnlyQuery(Connection connection, Statement statement) {
    this.connection = connection;
    this.statement = statement;
  }

  Answer run(String sql, int rowsMax) throws SQLException {
    Matcher explain = EXPLAIN.matcher(sql);
    int selectFrom = explain.lookingAt() ? explain.end() : 0;
    String select = withoutSemicolon(sql.substring(selectFrom));
    Optional<String> refusal = check(select);
    if (refusal.isPresent()) {
      return new Answer.Failed(refusal.get());
    }
    try (Statement begin = connection.createStatement()) {
      begin.execute("BEGIN TRANSACTION READ ONLY");
    }
    String limited =
        selectFrom > 0
            ? sql.substring(0, selectFrom) + select
            : "SELECT * FROM (\n%s\n) LIMIT %d".formatted(select, rowsMax + 1L);
    try (ResultSet rows = statement.executeQuery(limited)) {
      return read(rows, rowsMax);
    } catch (SQLException e) {
      throw selectFrom > 0 ? e : new SQLException(asWritten(DuckDbErrors.message(e)), e);
    }
  }

  /// The line that DuckDB names, counted without the one that was put in front. The caret under it
  /// stays where it is.
  private static String asWritten(String message) {
    return LINE.matcher(message)
        .replaceAll(line -> {
          String number = Integer.toString(Integer.parseInt(line.group(1)) - 1);
          return "LINE " + number + ":" + " ".repeat(line.group(1).length() - number.length());
        });
  }

  private Optional<String> check(String select) throws SQLException {
    try (PreparedStatement parse = connection.prepareStatement(PARSE)) {
      parse.setString(1, select);
      try (ResultSet row = parse.executeQuery()) {
        row.next();
        if (row.getBoolean(1)) {
          boolean syntax = "parser".equals(row.getString(2));
          return Optional.of(
              syntax
                  ? "not valid SQL: " + row.getString(3)
                  : "only a SELECT is allowed here; the database is read-only");
        }
        return row.getInt(4) == 1
            ? Optional.empty()
            : Optional.of("one statement at a time, these are " + row.getInt(4));
      }
    }
  }

  private static Answer read(ResultSet rows, int rowsMax) throws SQLException {
    ResultSetMetaData meta = rows.getMetaData();
    int width = meta.getColumnCount();
    List<Answer.Column> columns = new ArrayList<>(width);
    for (int column = 1; column <= width; column++) {
      columns.add(new Answer.Column(meta.getColumnLabel(column), Cells.kind(meta, column)));
    }
    List<List<Optional<String>>> table = new ArrayList<>();
    while (table.size() < rowsMax && rows.next()) {
      List<Optional<String>> cells = new ArrayList<>(width);
      for (int column = 1; column <= width; column++) {
        cells.add(Cells.read(rows, column));
      }
      table.add(cells);
    }
    return new Answer.Table(columns, table, table.size() == rowsMax && rows.next());
  }

  private static String withoutSemicolon(String sql) {
    String stripped = sql.strip();
    while (stripped.endsWith(";")) {
      stripped = stripped.substring(0, stripped.length() - 1).strip();
    }
    return stripped;
  }
}
