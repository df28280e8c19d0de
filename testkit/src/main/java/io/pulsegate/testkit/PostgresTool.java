package io.pulsegate.testkit;

import java.io.IOException;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// A PostgreSQL for scripts on machines that have none.
///
/// Without arguments: starts one, prints the address of an empty database, and ends when its input
/// does. With `URL -Atc SQL`, as `psql` is called: prints the rows of a query, `|` between columns.
public final class PostgresTool {
  private static final String SCHEME = "postgres://postgres@";

  private PostgresTool() {}

  /// @param arguments none, or `URL -Atc SQL`
  public static void main(String[] arguments) throws IOException, SQLException {
    if (arguments.length == 0) {
      serve();
    } else if (arguments.length == 3 && arguments[0].startsWith(SCHEME)) {
      query(arguments[0].substring(SCHEME.length()), arguments[2]).forEach(System.out::println);
    } else {
      throw new IllegalArgumentException("nothing, or " + SCHEME + "…, -Atc and a query");
    }
  }

  private static void serve() throws IOException {
    try (TestPostgres postgres = TestPostgres.start()) {
      System.out.println(postgres.url(postgres.newDatabase()));
      while (System.in.read() >= 0) {
        // Until whoever started it has gone.
      }
    }
  }

  private static List<String> query(String place, String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (var connection =
            DriverManager.getConnection("jdbc:postgresql://" + place, "postgres", "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int width = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> cells = new ArrayList<>();
        for (int column = 1; column <= width; column++) {
          String cell = row.getString(column);
          cells.add(cell == null ? "" : cell);
        }
        lines.add(String.join("|", cells));
      }
    }
    return lines;
  }
}
