package io.pulsegate.sinks.encode;

import io.pulsegate.testkit.StoredEvent;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads in tests what [EventJson] wrote, by its text, so that payloads are seen byte for byte.
public final class StoredJson {
  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"event_id\":\"(.*?)\",\"tenant_id\":\"(.*?)\",\"event_type\":\"(.*?)\","
              + "\"occurred_at\":\"(.*?)\",\"received_at\":\"(.*?)\",\"payload\":(.*?)"
              + "(?:,\"payload_raw\":\"(.*?)\")?,\"source\":\"(.*?)\",\"dialect\":\"(.*?)\""
              + "(?:,\"idempotency_key\":\"(.*?)\")?(?:,\"trace_id\":\"(.*?)\")?"
              + "(?:,\"partition_key\":\"(.*?)\")?(?:,\"original_time\":\"(.*?)\")?"
              + ",\"log_offset\":(\\d+)}");

  private StoredJson() {}

  /// The event of one line.
  public static StoredEvent parse(String line) {
    Matcher fields = LINE.matcher(line);
    if (!fields.matches()) {
      throw new AssertionError("not an event: " + line);
    }
    return new StoredEvent(
        fields.group(2),
        Long.parseLong(fields.group(14)),
        fields.group(1),
        fields.group(3),
        Instant.parse(fields.group(4)),
        Instant.parse(fields.group(5)),
        fields.group(6),
        Optional.ofNullable(fields.group(7)).map(StoredJson::unescaped),
        fields.group(8),
        fields.group(9),
        Optional.ofNullable(fields.group(11)),
        Optional.ofNullable(fields.group(10)),
        Optional.ofNullable(fields.group(12)),
        Optional.ofNullable(fields.group(13)));
  }

  private static String unescaped(String text) {
    return text.replaceAll("\\\\([\"\\\\])", "$1");
  }
}
