package io.pulsegate.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A document as the list of its tokens, read through the scanner's pull methods.
final class Walk {
  private final byte[] bytes;
  private final JsonScanner scanner;
  private final List<String> tokens = new ArrayList<>();

  private Walk(byte[] bytes, JsonScanner scanner) {
    this.bytes = bytes;
    this.scanner = scanner;
  }

  static List<String> tokens(byte[] bytes, int from, int to) {
    var scanner = new JsonScanner();
    scanner.reset(bytes, from, to);
    var walk = new Walk(bytes, scanner);
    walk.value();
    scanner.end();
    return walk.tokens;
  }

  static List<String> tokens(byte[] bytes) {
    return tokens(bytes, 0, bytes.length);
  }

  private void value() {
    switch (scanner.peek()) {
      case OBJECT -> object();
      case ARRAY -> array();
      case STRING -> {
        scanner.skipValue();
        tokens.add("string " + scanner.text());
      }
      case NUMBER -> {
        scanner.skipValue();
        tokens.add("number " + range());
      }
      case TRUE, FALSE, NULL -> {
        scanner.skipValue();
        tokens.add(range());
      }
    }
  }

  private void object() {
    tokens.add("{");
    scanner.enterObject();
    while (scanner.nextField()) {
      tokens.add("name " + scanner.fieldName());
      value();
    }
    tokens.add("}");
  }

  private void array() {
    tokens.add("[");
    scanner.enterArray();
    while (scanner.nextElement()) {
      value();
    }
    tokens.add("]");
  }

  private String range() {
    int start = scanner.valueStart();
    return new String(bytes, start, scanner.valueEnd() - start, StandardCharsets.UTF_8);
  }
}
