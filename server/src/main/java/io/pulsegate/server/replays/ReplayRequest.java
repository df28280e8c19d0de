package io.pulsegate.server.replays;

import io.pulsegate.api.Replayable.Present;
import io.pulsegate.core.Route.Condition;
import io.pulsegate.core.Route.FieldTest;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What somebody asks for, with everything decided that it must keep over a restart.
///
/// @param logId the log that the offsets are of
/// @param incarnation of the tenant, 0 where all are meant
/// @param from first offset
/// @param untils by sink the offset behind the last
/// @param types as in a route's condition
/// @param fields `path=value`; all must hold
/// @param candidate the settings to compare with, as JSON; empty where it is no comparison
public record ReplayRequest(
    Kind kind,
    String logId,
    int incarnation,
    long from,
    Map<String, Long> untils,
    List<String> types,
    List<String> fields,
    Present present,
    int eventsPerSecond,
    String candidate) {
  public ReplayRequest {
    untils = Map.copyOf(untils);
    types = List.copyOf(types);
    fields = List.copyOf(fields);
  }

  /// What is done with the stretch.
  public enum Kind {
    REPLAY,
    COUNT,
    DIFF;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The highest offset that any sink goes to.
  long until() {
    return untils.values().stream().mapToLong(Long::longValue).max().orElse(from);
  }

  /// Which events.
  ///
  /// @throws IllegalArgumentException where a field is not `path=value`
  Condition condition() {
    return types.isEmpty() && fields.isEmpty()
        ? Condition.ALWAYS
        : new Condition(types, fields.stream().map(ReplayRequest::test).toList());
  }

  private static FieldTest test(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("a field is path=value, was " + text);
    }
    return new FieldTest(
        text.substring(0, equals), FieldTest.Kind.IN, Set.of(text.substring(equals + 1)));
  }

  String json() {
    var json = new JsonWriter().beginObject();
    json.field("kind", kind.text())
        .field("log_id", logId)
        .field("incarnation", incarnation)
        .field("from", from);
    json.name("untils").beginObject();
    untils.forEach((sink, until) -> json.field(sink, until));
    json.endObject().name("types").beginArray();
    types.forEach(json::value);
    json.endArray().name("fields").beginArray();
    fields.forEach(json::value);
    return json.endArray()
        .field("present", present.name().toLowerCase(Locale.ROOT))
        .field("events_per_second", eventsPerSecond)
        .field("candidate", candidate)
        .endObject()
        .toString();
  }

  static ReplayRequest of(String json) {
    var object = (JsonObject) JsonValue.parse(json);
    Map<String, Long> untils = new LinkedHashMap<>();
    if (object.get("untils").orElseThrow() instanceof JsonObject(var fields)) {
      fields.forEach((sink, until) -> untils.put(sink, number(until)));
    }
    return new ReplayRequest(
        Kind.valueOf(text(object, "kind").toUpperCase(Locale.ROOT)),
        text(object, "log_id"),
        (int) number(object.get("incarnation").orElseThrow()),
        number(object.get("from").orElseThrow()),
        untils,
        texts(object, "types"),
        texts(object, "fields"),
        Present.valueOf(text(object, "present").toUpperCase(Locale.ROOT)),
        (int) number(object.get("events_per_second").orElseThrow()),
        text(object, "candidate"));
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).orElseThrow() instanceof JsonText(String text) ? text : "";
  }

  private static long number(JsonValue value) {
    return value instanceof JsonNumber(String digits) ? Long.parseLong(digits) : 0;
  }

  private static List<String> texts(JsonObject object, String name) {
    List<String> texts = new ArrayList<>();
    if (object.get(name).orElseThrow() instanceof JsonArray(List<JsonValue> elements)) {
      for (JsonValue element : elements) {
        if (element instanceof JsonText(String text)) {
          texts.add(text);
        }
      }
    }
    return texts;
  }
}
