package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventCursor;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A field of the payload, by its path through objects. One thread at a time.
final class PayloadField {
  private static final Pattern PATH = Pattern.compile("[^.{}\\p{Cntrl}]+(\\.[^.{}\\p{Cntrl}]+)*");

  private final List<JsonNames> path;
  private final JsonScanner scanner = new JsonScanner();

  /// @param path names separated by dots
  /// @throws IllegalArgumentException where a name is empty
  PayloadField(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("names separated by dots, was \"" + path + "\"");
    }
    this.path = List.of(path.split("\\.", -1)).stream().map(JsonNames::of).toList();
  }

  /// Its text, of a string, a number or a boolean; empty where the payload has none of these there.
  Optional<byte[]> of(EventCursor event) {
    byte[] bytes = event.block().bytes();
    scanner.reset(bytes, event.payloadFrom(), event.payloadFrom() + event.payloadLength());
    for (int depth = 0; depth < path.size(); depth++) {
      if (scanner.peek() != JsonKind.OBJECT || !enter(path.get(depth))) {
        return Optional.empty();
      }
    }
    return switch (scanner.skipValue()) {
      case STRING -> Optional.of(scanner.text().getBytes(StandardCharsets.UTF_8));
      case NUMBER, TRUE, FALSE ->
          Optional.of(
              java.util.Arrays.copyOfRange(bytes, scanner.valueStart(), scanner.valueEnd()));
      case OBJECT, ARRAY, NULL -> Optional.empty();
    };
  }

  /// Goes to the value of the first field with the name.
  private boolean enter(JsonNames name) {
    scanner.enterObject();
    while (scanner.nextField()) {
      if (scanner.fieldIn(name) == 0) {
        return true;
      }
    }
    return false;
  }
}
