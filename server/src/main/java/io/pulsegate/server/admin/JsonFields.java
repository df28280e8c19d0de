package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The fields of a small JSON body: texts, numbers and lists of texts. Everything that is wrong is
/// an [IllegalArgumentException] in words for the one who sent it.
final class JsonFields {
  private final Map<String, List<String>> values = new HashMap<>();

  /// Reads a body; an empty one has no fields.
  ///
  /// @param known the fields it may have
  static JsonFields read(Bytes body, List<Endpoint.Field> known) {
    var fields = new JsonFields();
    if (body.length() > 0) {
      Set<String> names =
          known.stream().map(Endpoint.Field::name).collect(Collectors.toUnmodifiableSet());
      try {
        fields.parse(body, names);
      } catch (JsonException | IllegalStateException e) {
        throw new IllegalArgumentException("the body is not a JSON object: " + e.getMessage(), e);
      }
    }
    return fields;
  }

  private void parse(Bytes body, Set<String> known) {
    var scanner = new JsonScanner();
    scanner.reset(body.array(), body.from(), body.to());
    scanner.enterObject();
    while (scanner.nextField()) {
      String name = scanner.fieldName();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown field %s; known here: %s".formatted(name, String.join(", ", known)));
      }
      var texts = new ArrayList<String>();
      if (scanner.peek() == JsonKind.ARRAY) {
        scanner.enterArray();
        while (scanner.nextElement()) {
          texts.add(single(name, scanner, body));
        }
      } else {
        texts.add(single(name, scanner, body));
      }
      values.put(name, texts);
    }
    scanner.end();
  }

  private static String single(String name, JsonScanner scanner, Bytes body) {
    return switch (scanner.skipValue()) {
      case STRING -> scanner.text();
      case NUMBER, TRUE, FALSE ->
          new String(
              body.array(),
              scanner.valueStart(),
              scanner.valueEnd() - scanner.valueStart(),
              java.nio.charset.StandardCharsets.US_ASCII);
      case OBJECT, ARRAY, NULL ->
          throw new IllegalArgumentException(name + " must be a text or a list of texts");
    };
  }

  /// A single value.
  Optional<String> find(String name) {
    List<String> found = values.getOrDefault(name, List.of());
    if (found.size() > 1) {
      throw new IllegalArgumentException(name + " must be a single value");
    }
    return found.stream().findFirst();
  }

  /// All values.
  List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }
}
