package io.pulsegate.server.logs;

import io.pulsegate.json.JsonWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a record becomes a line. Whatever a field holds, a record is one line without control
/// characters, so that nobody can forge a second one or write to a terminal.
enum LineFormat {
  JSON {
    @Override
    String render(LogLine line) {
      var json = new JsonWriter();
      json.beginObject()
          .field("ts", line.time().truncatedTo(ChronoUnit.MILLIS).toString())
          .field("level", line.level().name().toLowerCase(Locale.ROOT))
          .field("logger", line.logger())
          .field("msg", line.phrase());
      line.fields().forEach((name, value) -> field(json, RESERVED.getOrDefault(name, name), value));
      line.thrown().ifPresent(thrown -> json.field("exception", trace(thrown)));
      return json.endObject().toString();
    }

    private void field(JsonWriter json, String name, @Nullable Object value) {
      json.name(name);
      switch (value) {
        case Integer number -> json.value(number.longValue());
        case Long number -> json.value(number.longValue());
        case Boolean flag -> json.value(flag.booleanValue());
        case null, default -> json.value(String.valueOf(value));
      }
    }
  },

  TEXT {
    @Override
    String render(LogLine line) {
      var text = new StringBuilder(160);
      text.append(TIME.format(line.time().atZone(ZoneId.systemDefault())))
          .append(String.format(Locale.ROOT, " %-5s ", shortName(line.level())))
          .append(line.phrase());
      for (Map.Entry<String, @Nullable Object> field : line.fields().entrySet()) {
        text.append("  ").append(field.getKey()).append('=').append(quoted(field.getValue()));
      }
      line.thrown().ifPresent(thrown -> text.append("  exception=").append(trace(thrown)));
      return withoutControls(text.toString());
    }

    private String quoted(@Nullable Object value) {
      String text = String.valueOf(value);
      return text.isEmpty() || text.contains(" ") ? '"' + text.replace("\"", "\\\"") + '"' : text;
    }

    private String shortName(System.Logger.Level level) {
      return level == System.Logger.Level.WARNING ? "WARN" : level.name();
    }
  };

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  /// Names that the line itself uses.
  private static final Map<String, String> RESERVED =
      Map.of(
          "ts", "field_ts",
          "level", "field_level",
          "logger", "field_logger",
          "msg", "field_msg",
          "exception", "field_exception");

  /// The line, without its line feed.
  abstract String render(LogLine line);

  private static String trace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }

  /// Escapes what a terminal or a line reader would act on: C0, DEL, C1, line and paragraph
  /// separators. The JSON writer does the same by itself.
  private static String withoutControls(String text) {
    if (text.chars().noneMatch(LineFormat::isControl)) {
      return text;
    }
    var out = new StringBuilder(text.length() + 32);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(isControl(c) ? escape(c) : String.valueOf(c));
    }
    return out.toString();
  }

  private static boolean isControl(int c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
  }

  private static String escape(char c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> " ";
      default -> String.format(Locale.ROOT, "\\u%04x", (int) c);
    };
  }
}
