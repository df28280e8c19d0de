package io.pulsegate.bench.scenario;

import io.pulsegate.bench.JsonText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Measured figures under a heading: printed aligned, or as JSON.
public final class Table {
  private final String title;
  private final List<Column> columns;
  private final List<List<Object>> rows = new ArrayList<>();

  /// @param name what stands above it
  /// @param key its name in JSON
  /// @param decimals of numbers in it
  public record Column(String name, String key, int decimals) {}

  /// @param title what the rows have in common
  public Table(String title, List<Column> columns) {
    this.title = title;
    this.columns = List.copyOf(columns);
  }

  /// Adds a row: texts and numbers, NaN for what was not measured.
  public Table row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "a row of " + cells.length + " cells in a table of " + columns.size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  /// Prints it with aligned columns; numbers stand right.
  public void print(PrintWriter out) {
    out.println();
    out.println(title);
    var lines = new ArrayList<List<String>>();
    lines.add(columns.stream().map(Column::name).toList());
    for (var row : rows) {
      lines.add(texts(row));
    }
    for (int number = 0; number < lines.size(); number++) {
      var line = new StringBuilder("  ");
      for (int i = 0; i < columns.size(); i++) {
        line.append(padded(lines.get(number).get(i), width(lines, i), isNumeric(i))).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  private List<String> texts(List<Object> row) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < row.size(); i++) {
      texts.add(text(row.get(i), columns.get(i).decimals()));
    }
    return texts;
  }

  private static String text(Object cell, int decimals) {
    return switch (cell) {
      case Double number when number.isNaN() -> "-";
      case Number number ->
          String.format(Locale.ROOT, "%,." + decimals + "f", number.doubleValue());
      default -> cell.toString();
    };
  }

  private boolean isNumeric(int column) {
    return rows.stream().anyMatch(row -> row.get(column) instanceof Number);
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }

  private static String padded(String text, int width, boolean right) {
    var space = " ".repeat(width - text.length());
    return right ? space + text : text + space;
  }

  /// The table as a JSON object with `title` and `rows`.
  public String json() {
    return rows.stream()
        .map(this::json)
        .collect(
            Collectors.joining(",", "{\"title\":" + JsonText.quote(title) + ",\"rows\":[", "]}"));
  }

  private String json(List<Object> row) {
    var fields = new ArrayList<String>();
    for (int i = 0; i < row.size(); i++) {
      fields.add(JsonText.quote(columns.get(i).key()) + ":" + value(row.get(i)));
    }
    return "{" + String.join(",", fields) + "}";
  }

  private static String value(Object cell) {
    return switch (cell) {
      case Double number when !Double.isFinite(number) -> "null";
      case Double number -> String.format(Locale.ROOT, "%.3f", number);
      case Number number -> number.toString();
      default -> JsonText.quote(cell.toString());
    };
  }
}
