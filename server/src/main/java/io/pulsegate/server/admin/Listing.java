package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable.Answer;
import io.pulsegate.api.Queryable.Answer.Table;
import io.pulsegate.api.RequestHead;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.sql.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A list of things with one declaration of its columns, for JSON and for people alike: the
/// parameter `format` says which.
final class Listing<T> {
  private static final String FORMAT = "format";

  /// Describes the parameter.
  static final Endpoint.Field PARAMETER =
      Endpoint.Field.text(FORMAT, "json, else table or csv for people. Default: json.");

  private final String name;
  private final List<Column<T>> columns = new ArrayList<>();

  private record Column<T>(
      String name, Function<T, Object> value, Optional<Function<T, JsonWriter>> json) {}

  /// @param name what the list is called in JSON
  Listing(String name) {
    this.name = name;
  }

  /// A column of texts, whole numbers, numbers or truth values.
  Listing<T> with(String column, Function<T, Object> value) {
    columns.add(new Column<>(column, value, Optional.empty()));
    return this;
  }

  /// A column that JSON has in a form of its own.
  Listing<T> with(String column, Function<T, Object> value, Function<T, JsonWriter> json) {
    columns.add(new Column<>(column, value, Optional.of(json)));
    return this;
  }

  /// The list as it was asked for.
  PageReply page(RequestHead head, List<T> items) {
    String asked = head.parameter(FORMAT).orElse(AnswerFormat.JSON.text());
    AnswerFormat format =
        AnswerFormat.of(asked)
            .orElseThrow(() ->
                new IllegalArgumentException("format must be table, csv or json, was " + asked));
    return format == AnswerFormat.JSON
        ? Replies.page(200, json(items))
        : new PageReply(
            200, "text/plain; charset=utf-8", Map.of(), Bytes.of(format.render(table(items))));
  }

  /// The list as text.
  String render(AnswerFormat format, List<T> items) {
    return format == AnswerFormat.JSON ? json(items) + "\n" : format.render(table(items));
  }

  private JsonWriter json(List<T> items) {
    var json = new JsonWriter(4096).beginObject().name(name).beginArray();
    items.forEach(item -> write(json, item));
    return json.endArray().endObject();
  }

  /// One of them as an object.
  JsonWriter write(JsonWriter json, T item) {
    json.beginObject();
    for (Column<T> column : columns) {
      json.name(column.name());
      if (column.json().isPresent()) {
        json.raw(column.json().get().apply(item).toByteArray());
      } else {
        value(json, column.value().apply(item));
      }
    }
    return json.endObject();
  }

  private static void value(JsonWriter json, Object value) {
    switch (value) {
      case Long number -> json.value(number.longValue());
      case Integer number -> json.value(number.longValue());
      case Double number -> json.value(number.doubleValue());
      case Boolean truth -> json.value(truth.booleanValue());
      default -> json.value(value.toString());
    }
  }

  private Table table(List<T> items) {
    List<List<Optional<String>>> rows = new ArrayList<>();
    for (T item : items) {
      rows.add(
          columns.stream()
              .map(column -> Optional.of(column.value().apply(item).toString()))
              .toList());
    }
    return new Table(
        columns.stream().map(column -> Answer.Column.text(column.name())).toList(), rows, false);
  }
}
