package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The present time as text with milliseconds, rendered again only when the millisecond changes.
/// For one thread.
final class TimeText {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private long millis = Long.MIN_VALUE;
  private byte[] text = new byte[0];

  TimeText(InstantSource clock) {
    this.clock = clock;
  }

  /// 24 characters; shared, not copied.
  byte[] now() {
    long present = clock.millis();
    if (present != millis) {
      millis = present;
      text = FORMAT.format(Instant.ofEpochMilli(present)).getBytes(US_ASCII);
    }
    return text;
  }
}
