package io.pulsegate.json;

import java.nio.charset.StandardCharsets;

/// The lexical half of [JsonScanner]: strings, numbers, literals and white space in one range of
/// bytes, each method from an index to the index behind what it read.
///
/// No byte at or behind `to` decides anything, so arrays need no padding: eight bytes are read at
/// once only where eight are left, the rest one by one.
abstract class JsonTokens {
  /// Stands for "nothing left" where a byte is looked at; no byte outside a string may be NUL.
  static final byte NOTHING = 0;

  private static final int TRUE = Swar.half("true".getBytes(StandardCharsets.US_ASCII), 0);
  private static final int ALSE = Swar.half("alse".getBytes(StandardCharsets.US_ASCII), 0);
  private static final int NULL = Swar.half("null".getBytes(StandardCharsets.US_ASCII), 0);

  private final JsonLimits limits;

  /// Numbers up to here need no look at their size, if they have no exponent.
  private final int shortNumberBytes;

  byte[] bytes = {};
  int from;
  int to;
  int flags;

  /// Whether a backslash was met in a string since it was last cleared.
  boolean escaped;

  JsonTokens(JsonLimits limits) {
    this.limits = limits;
    this.shortNumberBytes = Math.min(limits.numberBytesMax(), 1000);
  }

  final byte at(int p) {
    return p < to ? bytes[p] : NOTHING;
  }

  final int skipSpaces(int p) {
    return p < to && bytes[p] > ' ' ? p : spacesEnd(p);
  }

  private int spacesEnd(int start) {
    byte[] b = bytes;
    int p = start;
    while (p < to && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t')) {
      p++;
      while (to - p >= Long.BYTES) { // indentation
        int spaces = Swar.leadingSpaces(Swar.word(b, p));
        p += spaces;
        if (spaces < Long.BYTES) {
          break;
        }
      }
    }
    return p;
  }

  /// From behind the opening quote to behind the closing one.
  final int stringEnd(int start) {
    byte[] b = bytes;
    int p = start;
    while (to - p >= Long.BYTES) {
      long word = Swar.word(b, p);
      long quotes = Swar.quotes(word);
      if (Swar.anyBefore(Swar.oddText(word), quotes)) {
        p = oddTextEnd(p + Swar.firstByte(Swar.oddText(word)));
      } else if (quotes == 0) {
        p += Long.BYTES;
      } else {
        return p + Swar.firstByte(quotes) + 1;
      }
    }
    return lastStringEnd(p);
  }

  /// As [#stringEnd], where less than a word is left.
  private int lastStringEnd(int start) {
    int p = start;
    while (p < to) {
      byte c = bytes[p];
      if (c == '"') {
        return p + 1;
      }
      p = c == '\\' || c < ' ' ? oddTextEnd(p) : p + 1;
    }
    throw fault(JsonFault.UNEXPECTED_END, to, "the document ends inside a string");
  }

  /// Past a run of escapes or of non-ASCII characters.
  private int oddTextEnd(int start) {
    byte c = bytes[start];
    if (c >= 0 && c < ' ') {
      throw fault(
          JsonFault.CONTROL_CHARACTER,
          start,
          "a control character in a string must be escaped, found " + found(start));
    }
    int p = start;
    while (p < to && bytes[p] == '\\') {
      p = escapeEnd(p);
    }
    while (p < to && bytes[p] < 0) {
      int length = Utf8.sequenceLength(bytes, p, to);
      if (length == 0) {
        throw fault(JsonFault.BAD_UTF8, p, "not valid UTF-8: " + found(p));
      }
      p += length;
    }
    return p;
  }

  private int escapeEnd(int backslash) {
    escaped = true;
    return switch (at(backslash + 1)) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> backslash + 2;
      case 'u' -> unicodeEscapeEnd(backslash);
      default -> throw badEscape(backslash + 1, "\\ must be followed by one of \"\\/bfnrtu");
    };
  }

  private int unicodeEscapeEnd(int backslash) {
    int end = backslash + 6;
    int unit = to - backslash >= 6 ? Escapes.unit(bytes, backslash + 2) : -1;
    if (unit < 0) {
      int p = backslash + 2;
      while (p < to && Escapes.isHex(bytes[p])) {
        p++;
      }
      throw badEscape(p, "\\u must be followed by four hexadecimal digits");
    }
    if (unit == 0) {
      flags |= JsonFlags.HAS_NUL;
    } else if (Escapes.isHighHalf(unit) && Escapes.isLowHalfAt(bytes, end, to)) {
      end += 6;
    } else if (Escapes.isHighHalf(unit) || Escapes.isLowHalf(unit)) {
      flags |= JsonFlags.LONE_SURROGATE;
    }
    return end;
  }

  private JsonException badEscape(int p, String expected) {
    JsonFault fault = p < to ? JsonFault.BAD_ESCAPE : JsonFault.UNEXPECTED_END;
    return fault(fault, p, expected + ", found " + found(p));
  }

  final int nameEnd(int start) {
    return checkName(start, stringEnd(start) - 1);
  }

  private int checkName(int start, int end) {
    if (end - start > limits.nameBytesMax()) {
      throw fault(
          JsonFault.NAME_TOO_LONG,
          start,
          "a field name is longer than " + limits.nameBytesMax() + " bytes");
    }
    return end;
  }

  final int numberEnd(int start) {
    int digitsFrom = at(start) == '-' ? start + 1 : start;
    int p = digitsEnd(digitsFrom);
    if (p - digitsFrom > 1 && bytes[digitsFrom] == '0') {
      throw fault(JsonFault.BAD_NUMBER, digitsFrom, "a number must not begin with a zero");
    }
    if (at(p) == '.') {
      p = digitsEnd(p + 1);
    }
    boolean exponent = (at(p) | 0x20) == 'e';
    if (exponent) {
      byte sign = at(p + 1);
      p = digitsEnd(sign == '+' || sign == '-' ? p + 2 : p + 1);
    }
    if (exponent || p - start > shortNumberBytes) {
      checkNumber(start, p);
    }
    return p;
  }

  /// Past one digit or more.
  private int digitsEnd(int start) {
    byte[] b = bytes;
    int p = start;
    while (to - p >= Long.BYTES) {
      int digits = Swar.leadingDigits(Swar.word(b, p));
      p += digits;
      if (digits < Long.BYTES) {
        return p > start ? p : noDigit(p);
      }
    }
    while (p < to && Numbers.isDigit(b[p])) {
      p++;
    }
    return p > start ? p : noDigit(p);
  }

  private int noDigit(int p) {
    JsonFault fault = p < to ? JsonFault.BAD_NUMBER : JsonFault.UNEXPECTED_END;
    throw fault(fault, p, "a digit must follow in a number, found " + found(p));
  }

  private void checkNumber(int start, int end) {
    if (end - start > limits.numberBytesMax()) {
      throw fault(
          JsonFault.NUMBER_TOO_LONG,
          start,
          "a number is longer than " + limits.numberBytesMax() + " bytes");
    }
    if (Numbers.exceedsNumeric(bytes, start, end)) {
      flags |= JsonFlags.BIG_NUMBER;
    }
  }

  final int trueEnd(int start) {
    return to - start >= 4 && Swar.half(bytes, start) == TRUE
        ? start + 4
        : badLiteral(start, "true");
  }

  final int falseEnd(int start) {
    return to - start >= 5 && Swar.half(bytes, start + 1) == ALSE
        ? start + 5
        : badLiteral(start, "false");
  }

  final int nullEnd(int start) {
    return to - start >= 4 && Swar.half(bytes, start) == NULL
        ? start + 4
        : badLiteral(start, "null");
  }

  private int badLiteral(int start, String literal) {
    int i = 0;
    while (at(start + i) == literal.charAt(i)) {
      i++;
    }
    throw unexpected(start + i, "'" + literal + "'");
  }

  final JsonException unexpected(int p, String expected) {
    JsonFault fault = p < to ? JsonFault.BAD_SYNTAX : JsonFault.UNEXPECTED_END;
    return fault(fault, p, "expected " + expected + ", found " + found(p));
  }

  final JsonException tooDeep(int p) {
    return fault(
        JsonFault.TOO_DEEP, p, "nested deeper than " + limits.depthMax() + " objects and arrays");
  }

  final JsonException fault(JsonFault fault, int p, String message) {
    int offset = Math.min(p, to) - from;
    return new JsonException(fault, offset, message + " (at byte " + offset + ")");
  }

  /// What stands at an index, in words that are safe in a log.
  final String found(int p) {
    if (p >= to) {
      return "the end of the document";
    }
    int c = bytes[p] & 0xff;
    return c > ' ' && c < 0x7f ? "'" + (char) c + "'" : String.format("byte 0x%02x", c);
  }
}
