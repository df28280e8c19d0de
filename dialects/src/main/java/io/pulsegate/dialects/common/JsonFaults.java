package io.pulsegate.dialects.common;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.EventFlag;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonFault;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonLocation;
import io.pulsegate.json.JsonScanner;

/// What the scanner says, in the words of the API.
public final class JsonFaults {
  private JsonFaults() {}

  /// A request whose document cannot be read; the message names line and column.
  public static Parsed.Malformed malformed(JsonScanner scanner, JsonException e) {
    JsonLocation place = scanner.locate(e.offsetBytes());
    return new Parsed.Malformed(
        codeOf(e.fault()),
        "%s, line %d, column %d".formatted(e.getMessage(), place.line(), place.column()));
  }

  /// What a scanner is to refuse.
  public static JsonLimits limits(DialectLimits limits) {
    return new JsonLimits(
        limits.depthMax(), JsonLimits.DEFAULT.nameBytesMax(), JsonLimits.DEFAULT.numberBytesMax());
  }

  /// The code of a fault.
  public static Code codeOf(JsonFault fault) {
    return switch (fault) {
      case BAD_UTF8, NOT_UTF8 -> Code.BAD_UTF8;
      case TOO_DEEP -> Code.TOO_DEEP;
      case BAD_SYNTAX,
          BAD_NUMBER,
          BAD_ESCAPE,
          CONTROL_CHARACTER,
          UNEXPECTED_END,
          TRAILING_BYTES,
          NAME_TOO_LONG,
          NUMBER_TOO_LONG ->
          Code.BAD_JSON;
    };
  }

  /// Flags of an event from flags of the scanner.
  public static int eventFlags(int jsonFlags) {
    if (jsonFlags == 0) {
      return 0;
    }
    return ((jsonFlags & JsonFlags.HAS_NUL) != 0 ? EventFlag.HAS_NUL : 0)
        | ((jsonFlags & JsonFlags.LONE_SURROGATE) != 0 ? EventFlag.LONE_SURROGATE : 0)
        | ((jsonFlags & JsonFlags.BIG_NUMBER) != 0 ? EventFlag.BIG_NUMBER : 0);
  }

  /// A kind of value with its article.
  public static String described(JsonKind kind) {
    return switch (kind) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case TRUE, FALSE -> "a boolean";
      case NULL -> "null";
    };
  }
}
