package io.pulsegate.server.sql;

import io.pulsegate.api.Queryable.Answer.Column;
import io.pulsegate.api.Queryable.Answer.Kind;
import io.pulsegate.api.Queryable.Answer.Table;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// How the answer to a query is written.
public enum AnswerFormat {
  /// Aligned columns for a person. Control characters are escaped, so that an event's content
  /// cannot act on the terminal.
  TABLE {
    @Override
    public String render(Table table) {
      return AlignedTable.render(table);
    }
  },

  /// RFC 4180 with a heading. NULL is empty, an empty text is `""`. A text that a spreadsheet would
  /// run as a formula gets a `'` in front.
  CSV {
    @Override
    public String render(Table table) {
      var out = new StringBuilder();
      line(out, table.columns().stream().map(column -> Optional.of(column.name())).toList());
      table.rows().forEach(row -> line(out, row));
      return out.toString();
    }

    private void line(StringBuilder out, List<Optional<String>> cells) {
      for (int i = 0; i < cells.size(); i++) {
        out.append(i == 0 ? "" : ",").append(cells.get(i).map(this::cell).orElse(""));
      }
      out.append("\r\n");
    }

    private String cell(String text) {
      String safe = isFormula(text) ? "'" + text : text;
      boolean quoted =
          safe.isEmpty()
              || safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
      return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    private boolean isFormula(String text) {
      return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 && !isNumber(text);
    }
  },

  /// An array with one object per row; numbers, truth values and JSON stay what they are,
  /// everything else is a text or null. The second column of a name gets `_2`.
  JSON {
    @Override
    public String render(Table table) {
      List<String> names = unique(table.columns());
      var json = new JsonWriter().beginArray();
      for (List<Optional<String>> row : table.rows()) {
        json.beginObject();
        for (int i = 0; i < names.size(); i++) {
          json.name(names.get(i));
          Kind kind = table.columns().get(i).kind();
          row.get(i).ifPresentOrElse(cell -> write(json, kind, cell), json::nullValue);
        }
        json.endObject();
      }
      return json.endArray() + "\n";
    }

    private void write(JsonWriter json, Kind kind, String cell) {
      if (kind == Kind.TEXT || (kind == Kind.NUMBER && !isJsonNumber(cell))) {
        json.value(cell);
      } else {
        json.raw(cell.getBytes(StandardCharsets.UTF_8));
      }
    }

    private List<String> unique(List<Column> columns) {
      Set<String> seen = new HashSet<>();
      List<String> names = new ArrayList<>();
      for (Column column : columns) {
        String name = column.name();
        for (int n = 2; !seen.add(name); n++) {
          name = column.name() + "_" + n;
        }
        names.add(name);
      }
      return names;
    }
  };

  /// The whole answer, with its last line ended.
  public abstract String render(Table table);

  /// The name on the command line.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The format of that name.
  public static Optional<AnswerFormat> of(String text) {
    for (AnswerFormat format : values()) {
      if (format.text().equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  static boolean isNumber(String text) {
    return text.matches("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
  }

  private static boolean isJsonNumber(String text) {
    return text.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
  }
}
