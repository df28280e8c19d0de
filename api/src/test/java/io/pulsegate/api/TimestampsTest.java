package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "2025-03-01T12:00:00Z, 2025-03-01T12:00:00Z",
        "2025-03-01t12:00:00z, 2025-03-01T12:00:00Z",
        "2025-03-01 12:00:00Z, 2025-03-01T12:00:00Z",
        "2025-03-01T12:00:00, 2025-03-01T12:00:00Z",
        "2025-03-01T12:00, 2025-03-01T12:00:00Z",
        "2025-03-01T12:00Z, 2025-03-01T12:00:00Z",
        "2025-03-01, 2025-03-01T00:00:00Z",
        "2025-03-01T12:00:00.1Z, 2025-03-01T12:00:00.100Z",
        "'2025-03-01T12:00:00,25Z', 2025-03-01T12:00:00.250Z",
        "2025-03-01T12:00:00.123456Z, 2025-03-01T12:00:00.123456Z",
        "2025-03-01T12:00:00.123456789Z, 2025-03-01T12:00:00.123456Z",
        "2025-03-01T12:00:00.999999999999999999999Z, 2025-03-01T12:00:00.999999Z",
        "2025-03-01T12:00:00.5, 2025-03-01T12:00:00.500Z",
        "2025-03-01T12:00:00+01:00, 2025-03-01T11:00:00Z",
        "2025-03-01T12:00:00+0130, 2025-03-01T10:30:00Z",
        "2025-03-01T12:00:00-08, 2025-03-01T20:00:00Z",
        "2025-03-01T12:00:00.5-00:00, 2025-03-01T12:00:00.500Z",
        "2025-01-01T00:30:00+14:00, 2024-12-31T10:30:00Z",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
        "2016-12-31T23:59:60.25Z, 2016-12-31T23:59:59.250Z",
        "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
        "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z"
      })
  void readsText(String text, Instant expected) {
    assertThat(Event.ofMicros(parseText(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2025",
        "2025-03",
        "2025-3-1T12:00:00Z",
        "20250301T120000Z",
        "2025-03-01T",
        "2025-03-01T12",
        "2025-03-01T12Z",
        "2025-03-01T12:0",
        "2025-03-01T1200:00",
        "2025-03-01X12:00:00Z",
        "2025-03-01T24:00:00Z",
        "2025-03-01T12:60:00Z",
        "2025-03-01T12:00:61Z",
        "2025-03-01T12:00:0",
        "2025-03-01T12:00:",
        "2025-03-01T12:00:00.",
        "2025-03-01T12:00:00.Z",
        "2025-03-01T12:00:00.1x",
        "2025-03-01T12:00:00ZZ",
        "2025-03-01T12:00:00+",
        "2025-03-01T12:00:00+1",
        "2025-03-01T12:00:00+1:00",
        "2025-03-01T12:00:00+01:0",
        "2025-03-01T12:00:00+24:00",
        "2025-03-01T12:00:00+01:60",
        "2025-03-01T12:00:00+01-00",
        "2025-03-01T12:00:00 CET",
        "2025-03-01T12:00:00Z[UTC]",
        "2025-02-29",
        "2025-13-01",
        "2025-00-01",
        "2025-01-00",
        "2025-01-32",
        "2025-04-31",
        "-001-01-01",
        "+2025-01-01",
        "292277026596-12-04T15:30:07Z",
        "10000-01-01T00:00:00Z",
        "२०२५-०३-०१",
        "1718000000"
      })
  void refusesTextThatIsNoTime(String text) {
    assertThat(parseText(text)).isEqualTo(Timestamps.NONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreesWithTheJdkOnAnyTime(long seed) {
    RandomGenerator random = Encoding.random(seed);
    for (int i = 0; i < 5_000; i++) {
      OffsetDateTime time =
          Instant.ofEpochSecond(random.nextLong(-62_167_132_800L, 253_402_214_400L))
              .plusNanos(random.nextInt(1_000_000_000))
              .atOffset(ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1)));
      if (time.getYear() >= 0 && time.getYear() <= 9999) {
        assertThat(Event.ofMicros(parseText(time.toString())))
            .as("seed %d: %s", seed, time)
            .isEqualTo(time.toInstant().truncatedTo(ChronoUnit.MICROS));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "-0, 1970-01-01T00:00:00Z",
    "1718000000, 2024-06-10T06:13:20Z",
    "1718000000.25, 2024-06-10T06:13:20.250Z",
    "1718000000.1234567, 2024-06-10T06:13:20.123456Z",
    "-1.5, 1969-12-31T23:59:58.500Z",
    "99999999999, 5138-11-16T09:46:39Z",
    "100000000000, 1973-03-03T09:46:40Z",
    "1718000000123, 2024-06-10T06:13:20.123Z",
    "1718000000123.5, 2024-06-10T06:13:20.123500Z",
    "99999999999999, 5138-11-16T09:46:39.999Z",
    "100000000000000, 1973-03-03T09:46:40Z",
    "1718000000123456, 2024-06-10T06:13:20.123456Z",
    "1718000000123456.9, 2024-06-10T06:13:20.123456Z",
    "99999999999999999, 5138-11-16T09:46:39.999999Z",
    "100000000000000000, 1973-03-03T09:46:40Z",
    "1718000000123456789, 2024-06-10T06:13:20.123456Z",
    "9223372036854775807, 2262-04-11T23:47:16.854775Z"
  })
  void readsNumbersByTheirSize(String number, Instant expected) {
    assertThat(Event.ofMicros(parseNumber(number))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "1e9",
        "1.5e9",
        "1.",
        ".5",
        "1x",
        "9223372036854775808",
        "9999999999999999999",
        "99999999999999999999",
        "1718000000123456789.5"
      })
  void refusesNumbersThatAreNoTime(String number) {
    assertThat(parseNumber(number)).isEqualTo(Timestamps.NONE);
  }

  /// In the middle of other digits, which must not count.
  private static long parseText(String text) {
    byte[] bytes = Encoding.bytes("12" + text + "34:56");
    return Timestamps.parseText(bytes, 2, bytes.length - 5);
  }

  private static long parseNumber(String number) {
    byte[] bytes = Encoding.bytes("12" + number + "34");
    return Timestamps.parseNumber(bytes, 2, bytes.length - 2);
  }
}
