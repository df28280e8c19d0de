package io.pulsegate.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a small JSON document, such as a reply: objects as maps, arrays as lists, numbers as
/// doubles.
final class JsonReader {
  private static final int DEPTH_MAX = 64;

  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /// The object that a text holds; empty where it holds none.
  static Optional<Map<String, @Nullable Object>> object(String text) {
    try {
      var reader = new JsonReader(text);
      reader.space();
      if (reader.peek() != '{') {
        return Optional.empty();
      }
      Map<String, @Nullable Object> object = reader.map(0);
      reader.space();
      return reader.at == text.length() ? Optional.of(object) : Optional.empty();
    } catch (NotJson e) {
      return Optional.empty();
    }
  }

  private static final class NotJson extends Exception {
    private static final long serialVersionUID = 1L;

    NotJson() {
      super("not JSON", null, false, false);
    }
  }

  private @Nullable Object value(int depth) throws NotJson {
    if (depth > DEPTH_MAX) {
      throw new NotJson();
    }
    return switch (peek()) {
      case '{' -> map(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> map(int depth) throws NotJson {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    space();
    while (peek() != '}') {
      String name = string();
      space();
      expect(':');
      space();
      map.put(name, value(depth + 1));
      separator('}');
    }
    at++;
    return map;
  }

  private List<@Nullable Object> list(int depth) throws NotJson {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    space();
    while (peek() != ']') {
      list.add(value(depth + 1));
      separator(']');
    }
    at++;
    return list;
  }

  private void separator(char end) throws NotJson {
    space();
    if (peek() != end) {
      expect(',');
      space();
      if (peek() == end) {
        throw new NotJson();
      }
    }
  }

  private String string() throws NotJson {
    expect('"');
    var out = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      out.append(c == '\\' ? escaped() : c);
    }
    return out.toString();
  }

  private char escaped() throws NotJson {
    char c = next();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw new NotJson();
          }
          code = code * 16 + digit;
        }
        yield (char) code;
      }
      default -> c;
    };
  }

  private Double number() throws NotJson {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(from, at));
    } catch (NumberFormatException e) {
      throw new NotJson();
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) throws NotJson {
    if (!text.startsWith(word, at)) {
      throw new NotJson();
    }
    at += word.length();
    return value;
  }

  private void expect(char c) throws NotJson {
    if (next() != c) {
      throw new NotJson();
    }
  }

  private char next() throws NotJson {
    char c = peek();
    at++;
    return c;
  }

  private char peek() throws NotJson {
    if (at >= text.length()) {
      throw new NotJson();
    }
    return text.charAt(at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
