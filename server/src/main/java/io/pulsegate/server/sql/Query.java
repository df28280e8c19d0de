package io.pulsegate.server.sql;

import io.pulsegate.api.Bytes;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;

/// A query as the command line asks it of the server.
///
/// @param rowsMax where the answer is cut
/// @param sink the sink to ask; empty for the first that can be asked
public record Query(String sql, int rowsMax, Duration timeout, AnswerFormat format, String sink) {
  /// Header of an answer: `true` where it was cut.
  public static final String TRUNCATED_HEADER = "PulseGate-Truncated";

  /// Rows where nothing else is said.
  public static final int ROWS = 1_000;

  private static final int ROWS_MAX = 1_000_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

  public Query {
    if (sql.isBlank()) {
      throw new IllegalArgumentException("the query is empty");
    }
    if (rowsMax < 1 || rowsMax > ROWS_MAX) {
      throw new IllegalArgumentException(
          "limit must be from 1 to %d, was %d".formatted(ROWS_MAX, rowsMax));
    }
    if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException("timeout must be more than 0 and at most 1h");
    }
  }

  /// The query as JSON.
  public byte[] toJson() {
    return new JsonWriter()
        .beginObject()
        .field("sql", sql)
        .field("limit", rowsMax)
        .field("timeout_ms", timeout.toMillis())
        .field("format", format.text())
        .field("sink", sink)
        .endObject()
        .toByteArray();
  }

  /// Reads [#toJson]; only `sql` must be there.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  public static Query read(Bytes body) {
    var fields = new Fields();
    try {
      fields.read(body);
    } catch (JsonException | IllegalStateException e) {
      throw new IllegalArgumentException("the body is not a JSON object: " + e.getMessage(), e);
    }
    AnswerFormat format =
        AnswerFormat.of(fields.format)
            .orElseThrow(() -> new IllegalArgumentException("format must be table, csv or json"));
    return new Query(
        fields.sql,
        Math.clamp(fields.limit, -1, Integer.MAX_VALUE),
        Duration.ofMillis(Math.clamp(fields.timeoutMillis, -1, Integer.MAX_VALUE)),
        format,
        fields.sink);
  }

  /// Collects the fields of one body.
  private static final class Fields {
    private String sql = "";
    private long limit = ROWS;
    private long timeoutMillis = TIMEOUT.toMillis();
    private String format = AnswerFormat.JSON.text();
    private String sink = "";

    void read(Bytes body) {
      var scanner = new JsonScanner();
      scanner.reset(body.array(), body.from(), body.to());
      scanner.enterObject();
      while (scanner.nextField()) {
        String name = scanner.fieldName();
        JsonKind kind = scanner.skipValue();
        switch (name) {
          case "sql" -> sql = text(scanner, name, kind);
          case "format" -> format = text(scanner, name, kind);
          case "sink" -> sink = text(scanner, name, kind);
          case "limit" -> limit = number(scanner, name, kind);
          case "timeout_ms" -> timeoutMillis = number(scanner, name, kind);
          default -> throw new IllegalArgumentException("unknown field " + name);
        }
      }
      scanner.end();
    }

    private static String text(JsonScanner scanner, String name, JsonKind kind) {
      if (kind != JsonKind.STRING) {
        throw new IllegalArgumentException(name + " must be a text");
      }
      return scanner.text();
    }

    private static long number(JsonScanner scanner, String name, JsonKind kind) {
      if (kind != JsonKind.NUMBER) {
        throw new IllegalArgumentException(name + " must be a number");
      }
      return scanner.integerOr(-1);
    }
  }
}
