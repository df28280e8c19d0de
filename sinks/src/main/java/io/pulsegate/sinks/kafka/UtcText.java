package io.pulsegate.sinks.kafka;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/// Writes times in RFC 3339, with microseconds: `2026-03-10T12:00:00.000000Z`.
final class UtcText {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long SECONDS_PER_DAY = 86_400;

  private UtcText() {}

  /// @param micros since 1970, within the years 0 to 9999
  static byte[] ofMicros(long micros) {
    long seconds = Math.floorDiv(micros, MICROS_PER_SECOND);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_PER_DAY));
    int ofDay = (int) Math.floorMod(seconds, SECONDS_PER_DAY);
    byte[] text = "0000-00-00T00:00:00.000000Z".getBytes(StandardCharsets.US_ASCII);
    put(text, 4, date.getYear());
    put(text, 7, date.getMonthValue());
    put(text, 10, date.getDayOfMonth());
    put(text, 13, ofDay / 3_600);
    put(text, 16, ofDay / 60 % 60);
    put(text, 19, ofDay % 60);
    put(text, 26, (int) Math.floorMod(micros, MICROS_PER_SECOND));
    return text;
  }

  /// Puts the digits of a number so that they end before `end`.
  private static void put(byte[] text, int end, int number) {
    int rest = number;
    for (int at = end - 1; rest > 0; at--) {
      text[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
