package io.pulsegate.server.config;

import io.pulsegate.api.Bytes;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Between a document's tree and JSON. In the tree every value is a text, as it is written; inside
/// of lists and maps, what is written without quotes and is a number, a truth value or null in JSON
/// becomes one.
final class YamlJson {
  private static final Pattern LITERAL =
      Pattern.compile("true|false|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

  private YamlJson() {}

  /// A value as one text: a single value as it is, a list or map as JSON.
  static String textOf(Yaml value) {
    if (value instanceof Yaml.Scalar scalar) {
      return scalar.value();
    }
    var json = new JsonWriter();
    write(json, value);
    return new String(json.toByteArray(), StandardCharsets.UTF_8);
  }

  private static void write(JsonWriter json, Yaml value) {
    switch (value) {
      case Yaml.Scalar scalar when scalar.plain() && scalar.value().isEmpty() -> json.nullValue();
      case Yaml.Scalar scalar when scalar.plain() && LITERAL.matcher(scalar.value()).matches() ->
          json.raw(scalar.value().getBytes(StandardCharsets.US_ASCII));
      case Yaml.Scalar scalar -> json.value(scalar.value());
      case Yaml.Sequence(var items, var _) -> {
        json.beginArray();
        items.forEach(item -> write(json, item));
        json.endArray();
      }
      case Yaml.Mapping(var entries, var _) -> {
        json.beginObject();
        entries.forEach((name, entry) -> write(json.name(name), entry.value()));
        json.endObject();
      }
    }
  }

  /// Reads a JSON object. Nothing in it stands for an environment variable. What is wrong goes to
  /// the problems.
  static Yaml.Mapping read(Bytes body, Consumer<Problem> problems) {
    try {
      var reader = new Reader(body);
      Yaml value = reader.value();
      reader.scanner.end();
      if (value instanceof Yaml.Mapping mapping) {
        return mapping;
      }
      problems.accept(new Problem("line 1", "the body must be a JSON object"));
    } catch (JsonException | IllegalArgumentException e) {
      problems.accept(new Problem("", "the body is not JSON: " + e.getMessage()));
    }
    return Yaml.Mapping.EMPTY;
  }

  /// Reads values; keeps count of the lines on the way.
  private static final class Reader {
    private final Bytes body;
    private final JsonScanner scanner = new JsonScanner();
    private int counted;
    private int line = 1;

    Reader(Bytes body) {
      this.body = body;
      this.counted = body.from();
      scanner.reset(body.array(), body.from(), body.to());
    }

    private int lineHere() {
      int here = scanner.cursor();
      for (; counted < here; counted++) {
        if (body.array()[counted] == '\n') {
          line++;
        }
      }
      return line;
    }

    Yaml value() {
      int begun = lineHere();
      return switch (scanner.peek()) {
        case OBJECT -> new Yaml.Mapping(fields(), begun);
        case ARRAY -> {
          var items = new ArrayList<Yaml>();
          scanner.enterArray();
          while (scanner.nextElement()) {
            items.add(value());
          }
          yield new Yaml.Sequence(items, begun);
        }
        case NULL -> {
          var _ = scanner.skipValue();
          yield new Yaml.Scalar("", true, begun);
        }
        case STRING -> {
          var _ = scanner.skipValue();
          yield new Yaml.Scalar(scanner.text(), begun);
        }
        case NUMBER, TRUE, FALSE -> {
          var _ = scanner.skipValue();
          int from = scanner.valueStart();
          int length = scanner.valueEnd() - scanner.valueStart();
          yield new Yaml.Scalar(
              new String(body.array(), from, length, StandardCharsets.UTF_8), true, begun);
        }
      };
    }

    private Map<String, Yaml.Entry> fields() {
      var entries = new LinkedHashMap<String, Yaml.Entry>();
      scanner.enterObject();
      while (scanner.nextField()) {
        String name = scanner.fieldName();
        int begun = lineHere();
        if (entries.put(name, new Yaml.Entry(value(), begun)) != null) {
          throw new IllegalArgumentException(name + " stands twice");
        }
      }
      return entries;
    }
  }
}
