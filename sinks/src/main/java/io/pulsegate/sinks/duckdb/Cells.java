package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Queryable.Answer.Kind;
import io.pulsegate.json.JsonWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/// The cells of a DuckDB result as texts: times in UTC, lists, structs and maps as JSON.
final class Cells {
  private Cells() {}

  /// What the cells of a column are, counted from one.
  static Kind kind(ResultSetMetaData meta, int column) throws SQLException {
    String type = meta.getColumnTypeName(column);
    if (type.equals("JSON") || type.endsWith("]") || isNested(type)) {
      return Kind.JSON;
    }
    return switch (type.replaceFirst("\\(.*", "")) {
      case "BOOLEAN" -> Kind.BOOLEAN;
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "BIGNUM" -> Kind.NUMBER;
      case "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT" -> Kind.NUMBER;
      case "FLOAT", "DOUBLE", "DECIMAL" -> Kind.NUMBER;
      default -> Kind.TEXT;
    };
  }

  private static boolean isNested(String type) {
    return type.startsWith("STRUCT(") || type.startsWith("MAP(");
  }

  /// The cell of the present row; empty where it is NULL.
  static Optional<String> read(ResultSet rows, int column) throws SQLException {
    return switch (rows.getObject(column)) {
      case null -> Optional.empty();
      // The driver would write times in the zone of this machine.
      case OffsetDateTime time -> Optional.of(time.toInstant().toString());
      case Array list -> Optional.of(json(list).toString());
      case DuckDBStruct struct -> Optional.of(json(struct).toString());
      case Map<?, ?> map -> Optional.of(json(map).toString());
      case Object other -> Optional.ofNullable(rows.getString(column));
    };
  }

  private static JsonWriter json(Object nested) throws SQLException {
    var json = new JsonWriter();
    write(json, nested);
    return json;
  }

  private static void write(JsonWriter json, @Nullable Object value) throws SQLException {
    switch (value) {
      case null -> json.nullValue();
      case Boolean truth -> json.value(truth.booleanValue());
      case Byte number -> json.value(number.longValue());
      case Short number -> json.value(number.longValue());
      case Integer number -> json.value(number.longValue());
      case Long number -> json.value(number.longValue());
      case BigInteger number -> raw(json, number.toString());
      case BigDecimal number -> raw(json, number.toString());
      case Float number when Float.isFinite(number) -> raw(json, number.toString());
      case Double number when Double.isFinite(number) -> raw(json, number.toString());
      case JsonNode node -> raw(json, node.toString());
      case OffsetDateTime time -> json.value(time.toInstant().toString());
      case Array list -> writeList(json, (Object[]) list.getArray());
      case DuckDBStruct struct -> writeMap(json, struct.getMap());
      case Map<?, ?> map -> writeMap(json, map);
      default -> json.value(value.toString());
    }
  }

  private static void writeList(JsonWriter json, @Nullable Object[] values) throws SQLException {
    json.beginArray();
    for (Object value : values) {
      write(json, value);
    }
    json.endArray();
  }

  private static void writeMap(JsonWriter json, Map<?, ?> entries) throws SQLException {
    json.beginObject();
    for (var entry : entries.entrySet()) {
      write(json.name(String.valueOf(entry.getKey())), entry.getValue());
    }
    json.endObject();
  }

  private static void raw(JsonWriter json, String text) {
    json.raw(text.getBytes(StandardCharsets.UTF_8));
  }
}
