package io.pulsegate.sinks.sql;

import io.pulsegate.api.Timestamps;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.sinks.sql.Column.Origin;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// What one event has for one column, as the column's type. Used again for the next event.
///
/// **A value is taken as it is or not at all**: a number is not made of a string, nor a string of a
/// number, and nothing is cut or rounded but what a double cannot tell apart. A field that is not
/// there, or `null`, is NULL.
public final class Cell {
  /// Beyond it a number is no bigint, and may be too long to be written out.
  private static final int BIGINT_DIGITS_MAX = 19;

  private static final int UUID_LENGTH = 36;
  private static final int UNSTORABLE = JsonFlags.HAS_NUL | JsonFlags.LONE_SURROGATE;

  private final Column column;
  private final String field;
  private final Decimals decimals;
  private boolean isNull = true;
  private String misfit = "";
  private long number;
  private long low;
  private double real;
  private BigDecimal decimal = BigDecimal.ZERO;
  private byte[] bytes = {};
  private int from;
  private int length;

  Cell(Column column, Origin.Field origin, Decimals decimals) {
    this.column = column;
    this.decimals = decimals;
    this.field = origin.path();
  }

  void clear() {
    isNull = true;
    misfit = "";
  }

  /// Takes the value that the scanner has passed last.
  ///
  /// @param flags what the scanner met in it
  void take(JsonScanner scanner, JsonKind kind, int flags, byte[] document) {
    clear();
    if (kind == JsonKind.NULL) {
      return;
    }
    isNull = false;
    switch (column.kind()) {
      case TEXT -> text(scanner, kind, flags, document);
      case LONG -> integer(scanner, kind, document, Long.MIN_VALUE, Long.MAX_VALUE);
      case INTEGER -> integer(scanner, kind, document, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case DOUBLE -> real(scanner, kind, document);
      case NUMERIC -> decimal(scanner, kind, flags, document);
      case BOOLEAN -> truth(kind);
      case TIME -> time(scanner, kind, flags, document);
      case UUID -> uuid(scanner, kind, flags, document);
      case JSON -> json(scanner, flags, document);
      case BYTES -> refuse("has a type that no field can have");
    }
  }

  private void text(JsonScanner scanner, JsonKind kind, int flags, byte[] document) {
    if (kind != JsonKind.STRING) {
      refuse("cannot hold " + aOf(kind));
    } else if ((flags & UNSTORABLE) != 0) {
      refuse("cannot hold a string with " + unstorable(flags));
    } else {
      range(scanner, document);
    }
  }

  private void range(JsonScanner scanner, byte[] document) {
    if (scanner.hasEscapes()) {
      bytes = new byte[scanner.textEnd() - scanner.textStart()];
      from = 0;
      length = scanner.copyText(bytes, 0);
    } else {
      bytes = document;
      from = scanner.textStart();
      length = scanner.textEnd() - from;
    }
  }

  private void integer(JsonScanner scanner, JsonKind kind, byte[] document, long min, long max) {
    if (kind != JsonKind.NUMBER) {
      refuse("cannot hold " + aOf(kind));
      return;
    }
    long value = scanner.integerOr(Long.MIN_VALUE);
    if (value == Long.MIN_VALUE) {
      Optional<Long> exact = exact(digits(scanner, document));
      if (exact.isEmpty()) {
        refuse("cannot hold a number that is no whole one, or too large");
        return;
      }
      value = exact.get();
    }
    if (value < min || value > max) {
      refuse("cannot hold a number that large");
    }
    number = value;
  }

  /// `5.0` and `5e0` are the whole number 5.
  private static Optional<Long> exact(String digits) {
    BigDecimal value = parse(digits);
    if (value.signum() == 0) {
      return Optional.of(0L);
    }
    long wholeDigits = (long) value.precision() - value.scale();
    if (wholeDigits > BIGINT_DIGITS_MAX || wholeDigits <= 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(value.longValueExact());
    } catch (ArithmeticException notWhole) {
      return Optional.empty();
    }
  }

  private void real(JsonScanner scanner, JsonKind kind, byte[] document) {
    if (kind != JsonKind.NUMBER) {
      refuse("cannot hold " + aOf(kind));
      return;
    }
    String digits = digits(scanner, document);
    real = Double.parseDouble(digits);
    boolean vanished =
        real == 0 && digits.chars().takeWhile(c -> (c | 0x20) != 'e').anyMatch(c -> c > '0');
    if (Double.isInfinite(real) || vanished) {
      refuse("cannot hold a number that " + (vanished ? "small" : "large"));
    }
  }

  private void decimal(JsonScanner scanner, JsonKind kind, int flags, byte[] document) {
    if (kind != JsonKind.NUMBER) {
      refuse("cannot hold " + aOf(kind));
    } else if ((flags & JsonFlags.BIG_NUMBER) != 0) {
      refuse("cannot hold a number that large, or with that many digits");
    } else {
      decimal = parse(digits(scanner, document));
      if (!decimals.hold(decimal)) {
        refuse(
            "cannot hold a number with more than %d digits before the point or %d behind it"
                .formatted(decimals.whole(), decimals.fraction()));
      }
    }
  }

  private void truth(JsonKind kind) {
    if (kind != JsonKind.TRUE && kind != JsonKind.FALSE) {
      refuse("cannot hold " + aOf(kind));
    }
    number = kind == JsonKind.TRUE ? 1 : 0;
  }

  private void time(JsonScanner scanner, JsonKind kind, int flags, byte[] document) {
    if (kind != JsonKind.STRING || (flags & UNSTORABLE) != 0) {
      refuse("cannot hold " + aOf(kind) + ", only a time such as \"2026-03-01T12:00:00Z\"");
      return;
    }
    range(scanner, document);
    number = Timestamps.parseText(bytes, from, from + length);
    if (number == Timestamps.NONE) {
      refuse("cannot hold a string that is no time such as \"2026-03-01T12:00:00Z\"");
    }
  }

  private void uuid(JsonScanner scanner, JsonKind kind, int flags, byte[] document) {
    if (kind != JsonKind.STRING || (flags & UNSTORABLE) != 0) {
      refuse("cannot hold " + aOf(kind) + ", only a UUID");
      return;
    }
    range(scanner, document);
    if (length != UUID_LENGTH || !isUuid()) {
      refuse("cannot hold a string that is no UUID");
      return;
    }
    var uuid = UUID.fromString(new String(bytes, from, length, StandardCharsets.US_ASCII));
    number = uuid.getMostSignificantBits();
    low = uuid.getLeastSignificantBits();
  }

  private boolean isUuid() {
    for (int i = 0; i < UUID_LENGTH; i++) {
      byte c = bytes[from + i];
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private void json(JsonScanner scanner, int flags, byte[] document) {
    if (flags != 0) {
      refuse(
          "cannot hold JSON with "
              + ((flags & UNSTORABLE) != 0 ? unstorable(flags) : "a number that large"));
    }
    bytes = document;
    from = scanner.valueStart();
    length = scanner.valueEnd() - from;
  }

  private void refuse(String why) {
    misfit = why;
  }

  private static String unstorable(int flags) {
    return (flags & JsonFlags.HAS_NUL) != 0 ? "the character NUL" : "half a surrogate pair";
  }

  private static String digits(JsonScanner scanner, byte[] document) {
    int start = scanner.valueStart();
    return new String(document, start, scanner.valueEnd() - start, StandardCharsets.US_ASCII);
  }

  private static BigDecimal parse(String digits) {
    try {
      return new BigDecimal(digits);
    } catch (NumberFormatException exponentBeyondAnInt) {
      // So far away that any other number of that kind is refused alike.
      return new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE >> 1);
    }
  }

  private static String aOf(JsonKind kind) {
    return switch (kind) {
      case STRING -> "a string";
      case NUMBER -> "a number";
      case TRUE, FALSE -> "true or false";
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case NULL -> "null";
    };
  }

  /// Why the event cannot be stored, for a person, without what it holds; empty where it can.
  Optional<String> misfit() {
    String type = LayoutSettings.nameOf(column.kind());
    if (!misfit.isEmpty()) {
      return Optional.of(
          "column %s (%s) %s, which is what field %s has"
              .formatted(column.name(), type, misfit, field));
    }
    return isNull && column.required()
        ? Optional.of(
            "column %s (%s) must have a value, and there is no field %s"
                .formatted(column.name(), type, field))
        : Optional.empty();
  }

  /// Whether there is no value.
  public boolean isNull() {
    return isNull;
  }

  /// An integer, a bigint, a time in microseconds since 1970, 1 for true, or the upper half of a
  /// UUID.
  public long number() {
    return number;
  }

  /// The lower half of a UUID.
  public long low() {
    return low;
  }

  /// A double.
  public double real() {
    return real;
  }

  /// A numeric.
  public BigDecimal decimal() {
    return decimal;
  }

  /// The array that holds a text or JSON.
  public byte[] bytes() {
    return bytes;
  }

  /// Its first byte.
  public int from() {
    return from;
  }

  /// How many bytes it has.
  public int length() {
    return length;
  }
}
