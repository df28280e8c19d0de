package io.pulsegate.server.sql;

import io.pulsegate.api.Queryable.Answer.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A table in columns, as psql and DuckDB's shell show them; numbers stand to the right.
final class AlignedTable {
  private static final int CELL_CHARACTERS_MAX = 100;
  private static final String NULL = "NULL";

  private AlignedTable() {}

  static String render(Table table) {
    List<String> heads = table.columns().stream().map(column -> clean(column.name())).toList();
    List<List<String>> rows = new ArrayList<>();
    for (List<Optional<String>> row : table.rows()) {
      rows.add(row.stream().map(cell -> cell.map(AlignedTable::clean).orElse(NULL)).toList());
    }
    int[] widths = new int[heads.size()];
    boolean[] numbers = new boolean[heads.size()];
    for (int i = 0; i < heads.size(); i++) {
      int column = i;
      widths[i] =
          rows.stream()
              .mapToInt(row -> length(row.get(column)))
              .reduce(length(heads.get(i)), Math::max);
      numbers[i] =
          !rows.isEmpty()
              && table.rows().stream()
                  .allMatch(row -> row.get(column).map(AnswerFormat::isNumber).orElse(true));
    }
    var out = new StringBuilder();
    line(out, heads, widths, numbers);
    for (int i = 0; i < widths.length; i++) {
      out.append(i == 0 ? "" : "-+-").append("-".repeat(widths[i]));
    }
    out.append('\n');
    rows.forEach(row -> line(out, row, widths, numbers));
    out.append(rows.size() == 1 ? "(1 row)\n" : "(" + rows.size() + " rows)\n");
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> cells, int[] widths, boolean[] numbers) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(widths[i] - length(cells.get(i)));
      line.append(i == 0 ? "" : " | ")
          .append(numbers[i] ? padding : "")
          .append(cells.get(i))
          .append(numbers[i] ? "" : padding);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// Shortens, and shows what a terminal would act on.
  private static String clean(String text) {
    var out = new StringBuilder();
    int characters = 0;
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (++characters == CELL_CHARACTERS_MAX && at < text.length()) {
        return out.append('…').toString();
      }
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isHidden(c)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else {
            out.appendCodePoint(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
