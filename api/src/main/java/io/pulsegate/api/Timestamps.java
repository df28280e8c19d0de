package io.pulsegate.api;

import java.time.DateTimeException;
import java.time.LocalDate;

/// Reads the times that events bring, without turning them into objects.
public final class Timestamps {
  /// Not a time.
  public static final long NONE = Long.MIN_VALUE;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

  private Timestamps() {}

  /// Reads an RFC 3339 time, `2025-03-01T12:00:00.123456+01:00`: `T` or a space or only the date,
  /// any number of fraction digits (cut to microseconds), a zone or none (UTC). A leap second
  /// counts as the second before.
  ///
  /// @return microseconds since 1970, or [#NONE]
  public static long parseText(byte[] text, int from, int to) {
    int length = to - from;
    if (length < 10 || text[from + 4] != '-' || text[from + 7] != '-') {
      return NONE;
    }
    long day =
        epochDay(digits(text, from, 4), digits(text, from + 5, 2), digits(text, from + 8, 2));
    if (day == NONE) {
      return NONE;
    }
    if (length == 10) {
      return day * MICROS_PER_DAY;
    }
    if (length < 16 || !isTimeMark(text[from + 10]) || text[from + 13] != ':') {
      return NONE;
    }
    int hour = digits(text, from + 11, 2);
    int minute = digits(text, from + 14, 2);
    int second = 0;
    int at = from + 16;
    if (at < to && text[at] == ':') {
      if (to - at < 3) {
        return NONE;
      }
      second = digits(text, at + 1, 2);
      at += 3;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
      return NONE;
    }
    long micros = 0;
    if (at < to && (text[at] == '.' || text[at] == ',')) {
      int fractionFrom = ++at;
      while (at < to && isDigit(text[at])) {
        at++;
      }
      micros = fraction(text, fractionFrom, at);
    }
    long zoneSeconds = zone(text, at, to);
    if (micros == NONE || zoneSeconds == NONE) {
      return NONE;
    }
    long seconds = hour * 3600L + minute * 60L + Math.min(second, 59) - zoneSeconds;
    return day * MICROS_PER_DAY + seconds * MICROS_PER_SECOND + micros;
  }

  /// Reads a JSON number as seconds, milliseconds, microseconds or nanoseconds since 1970, told
  /// apart by size: below 10^11 seconds, below 10^14 milliseconds, below 10^17 microseconds.
  /// Decimals count (`1718000000.25`); exponents are not taken.
  ///
  /// @return microseconds since 1970, or [#NONE]
  public static long parseNumber(byte[] text, int from, int to) {
    int at = from;
    boolean negative = at < to && text[at] == '-';
    if (negative) {
      at++;
    }
    int wholeFrom = at;
    long whole = 0;
    while (at < to && isDigit(text[at])) {
      whole = whole * 10 + (text[at++] - '0');
    }
    if (at == wholeFrom || at - wholeFrom > 19 || whole < 0) {
      return NONE;
    }
    if (whole >= 100_000_000_000_000_000L) {
      return at == to ? (negative ? -whole : whole) / 1_000 : NONE;
    }
    long unit =
        whole < 100_000_000_000L ? MICROS_PER_SECOND : whole < 100_000_000_000_000L ? 1_000 : 1;
    long micros = whole * unit;
    if (at < to && text[at] == '.') {
      long fraction = fraction(text, at + 1, to);
      if (fraction == NONE) {
        return NONE;
      }
      micros += fraction * unit / MICROS_PER_SECOND;
    } else if (at < to) {
      return NONE;
    }
    return negative ? -micros : micros;
  }

  private static long epochDay(int year, int month, int day) {
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) {
      return NONE;
    }
    try {
      return LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException impossibleDay) {
      return NONE;
    }
  }

  /// Seconds east of UTC.
  private static long zone(byte[] text, int at, int to) {
    if (at == to || ((text[at] == 'Z' || text[at] == 'z') && at + 1 == to)) {
      return 0;
    }
    int sign = text[at] == '+' ? 1 : text[at] == '-' ? -1 : 0;
    int length = to - at - 1;
    if (sign == 0 || (length != 2 && length != 4 && length != 5)) {
      return NONE;
    }
    if (length == 5 && text[at + 3] != ':') {
      return NONE;
    }
    int hours = digits(text, at + 1, 2);
    int minutes = length == 2 ? 0 : digits(text, to - 2, 2);
    return hours < 0 || hours > 23 || minutes < 0 || minutes > 59
        ? NONE
        : sign * (hours * 3600L + minutes * 60L);
  }

  private static long fraction(byte[] text, int from, int to) {
    if (from == to) {
      return NONE;
    }
    long micros = 0;
    int scale = 0;
    for (int at = from; at < to; at++) {
      if (!isDigit(text[at])) {
        return NONE;
      }
      if (scale < 6) {
        micros = micros * 10 + (text[at] - '0');
        scale++;
      }
    }
    for (; scale < 6; scale++) {
      micros *= 10;
    }
    return micros;
  }

  private static int digits(byte[] text, int from, int count) {
    int value = 0;
    for (int at = from; at < from + count; at++) {
      if (!isDigit(text[at])) {
        return -1;
      }
      value = value * 10 + (text[at] - '0');
    }
    return value;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isTimeMark(byte b) {
    return b == 'T' || b == 't' || b == ' ';
  }
}
