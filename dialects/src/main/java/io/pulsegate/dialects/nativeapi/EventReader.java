package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Code;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.TenantId;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads one event: picks the envelope's fields out of an object and finds the payload, in one walk
/// and without objects. Whatever is wrong with a field refuses this event alone.
///
/// The fields stay in the payload where it is the whole object. `null` is as good as absent. Of
/// `occurred_at`, `timestamp` and `time` the first in this order counts; the others may be
/// anything, as they may well be data.
final class EventReader {
  private enum Field {
    EVENT_TYPE(0),
    EVENT_ID(1),
    TENANT_ID(2),
    IDEMPOTENCY_KEY(3),
    TRACE_ID(4),
    PARTITION_KEY(5),
    // In the order of their rank.
    OCCURRED_AT(6),
    TIMESTAMP(7),
    TIME(8),
    PAYLOAD(9);

    /// Index in [#FIELDS].
    final int place;

    /// The name as it is sent.
    final String text = name().toLowerCase(Locale.ROOT);

    Field(int place) {
      this.place = place;
    }
  }

  private static final Field[] FIELDS = Field.values();
  private static final JsonNames NAMES =
      JsonNames.of(Stream.of(FIELDS).map(field -> field.text).toArray(String[]::new));

  /// What cannot be text in UTF-8 that every destination takes.
  private static final int NO_TEXT = JsonFlags.HAS_NUL | JsonFlags.LONE_SURROGATE;

  /// Longest escaped text that may still be short enough: an escape of six bytes for each byte.
  private static final int ESCAPED_BYTES_MAX = 6 * EventWriter.TEXT_BYTES_MAX;

  private final JsonScanner scanner;
  private final byte[] body;
  private final RequestKeys keys;
  private final EventWriter out;
  private final byte[] tenant;
  private final EventDraft draft = new EventDraft();

  /// Texts that were sent with escapes, decoded; a place per field. Made when first needed.
  private byte[] decoded = {};

  private int index;
  private Optional<Refusal> refusal = Optional.empty();
  private int seen;
  private int flags;
  private int valueFlags;
  private int payloadFrom;
  private int payloadTo;
  private int payloadFlags;
  private boolean hasIdempotencyKey;
  private boolean hasTraceId;
  private int timeRank;
  private boolean timeIsWrong;

  private byte[] text = decoded;
  private int textFrom;
  private int textTo;

  EventReader(JsonScanner scanner, byte[] body, RequestKeys keys, EventWriter out) {
    this.scanner = scanner;
    this.body = body;
    this.keys = keys;
    this.out = out;
    this.tenant = out.tenant().value().getBytes(StandardCharsets.UTF_8);
  }

  /// Reads the object at the cursor, or says what is wrong with it; either way it is passed.
  Optional<Refusal> read(int requestIndex) {
    begin(requestIndex);
    scanner.enterObject();
    while (scanner.nextField()) {
      int field = scanner.fieldIn(NAMES);
      if (field >= 0) {
        readField(FIELDS[field]);
      }
    }
    flags |= scanner.flags();
    if (timeIsWrong) {
      refuse(Code.INVALID_FIELD, FIELDS[timeRank], "must be a string or a number");
    }
    if (payloadTo == 0) {
      payloadFrom = scanner.valueStart();
      payloadTo = scanner.valueEnd();
      payloadFlags = flags;
    }
    return refusal;
  }

  /// Hands over the event that was read last without a refusal.
  Optional<Refusal> handOver(int requestIndex) {
    draft.payload(body, payloadFrom, payloadTo);
    draft.flags(JsonFaults.eventFlags(payloadFlags));
    if (!hasIdempotencyKey && keys.idempotencyKey().isPresent()) {
      byte[] key = keys.idempotencyKey().get();
      draft.idempotencyKey(key, 0, key.length);
    }
    if (!hasTraceId && keys.traceId().isPresent()) {
      byte[] id = keys.traceId().get();
      draft.traceId(id, 0, id.length);
    }
    return out.add(draft, requestIndex);
  }

  private void begin(int requestIndex) {
    draft.begin(body, 0, 0);
    index = requestIndex;
    refusal = Optional.empty();
    seen = 0;
    flags = 0;
    payloadTo = 0;
    hasIdempotencyKey = false;
    hasTraceId = false;
    timeRank = FIELDS.length;
    timeIsWrong = false;
    scanner.clearFlags();
  }

  private void readField(Field field) {
    // Flags of this value are told from those of all others: they may be the payload's.
    flags |= scanner.flags();
    scanner.clearFlags();
    JsonKind kind = scanner.skipValue();
    valueFlags = scanner.flags();
    int bit = 1 << field.place;
    if ((seen & bit) != 0) {
      refuse(Code.DUPLICATE_FIELD, field, "stands twice in the event");
      return;
    }
    seen |= bit;
    if (kind == JsonKind.NULL) {
      return;
    }
    switch (field) {
      case PAYLOAD -> readPayload(kind);
      case OCCURRED_AT, TIMESTAMP, TIME -> readTime(field, kind);
      case EVENT_TYPE, EVENT_ID, TENANT_ID, IDEMPOTENCY_KEY, TRACE_ID, PARTITION_KEY ->
          readText(field, kind);
    }
  }

  private void readPayload(JsonKind kind) {
    if (kind == JsonKind.OBJECT) {
      payloadFrom = scanner.valueStart();
      payloadTo = scanner.valueEnd();
      payloadFlags = valueFlags;
    }
  }

  private void readTime(Field field, JsonKind kind) {
    if (field.place > timeRank) {
      return;
    }
    timeRank = field.place;
    timeIsWrong = kind != JsonKind.STRING && kind != JsonKind.NUMBER;
    if (kind == JsonKind.NUMBER) {
      draft.timeNumber(body, scanner.valueStart(), scanner.valueEnd());
    } else if (kind == JsonKind.STRING && isText(field)) {
      draft.timeText(text, textFrom, textTo);
    }
  }

  private void readText(Field field, JsonKind kind) {
    if (kind != JsonKind.STRING) {
      refuse(Code.INVALID_FIELD, field, "must be a string, not " + JsonFaults.described(kind));
    } else if (isText(field)) {
      take(field);
    }
  }

  private void take(Field field) {
    switch (field) {
      case EVENT_TYPE -> draft.type(text, textFrom, textTo);
      case EVENT_ID -> draft.id(text, textFrom, textTo);
      case TENANT_ID -> {
        if (!Arrays.equals(text, textFrom, textTo, tenant, 0, tenant.length)) {
          refuse(Code.TENANT_MISMATCH, tenantMismatch(out.tenant()));
        }
      }
      case IDEMPOTENCY_KEY -> {
        draft.idempotencyKey(text, textFrom, textTo);
        hasIdempotencyKey = textFrom < textTo;
      }
      case TRACE_ID -> {
        draft.traceId(text, textFrom, textTo);
        hasTraceId = textFrom < textTo;
      }
      case PARTITION_KEY -> draft.partitionKey(text, textFrom, textTo);
      case OCCURRED_AT, TIMESTAMP, TIME, PAYLOAD -> throw new IllegalArgumentException(field.text);
    }
  }

  /// Makes the string passed last `text[textFrom, textTo)`; false where it is none and is refused.
  private boolean isText(Field field) {
    if ((valueFlags & NO_TEXT) != 0) {
      refuse(Code.INVALID_FIELD, field, "holds \\u0000 or half a surrogate pair");
      return false;
    }
    textFrom = scanner.textStart();
    textTo = scanner.textEnd();
    text = body;
    if (!scanner.hasEscapes()) {
      return true;
    }
    if (textTo - textFrom > ESCAPED_BYTES_MAX) {
      refuse(Code.INVALID_FIELD, field, "is longer than " + EventWriter.TEXT_BYTES_MAX + " bytes");
      return false;
    }
    if (decoded.length == 0) {
      decoded = new byte[FIELDS.length * ESCAPED_BYTES_MAX];
    }
    textFrom = field.place * ESCAPED_BYTES_MAX;
    textTo = scanner.copyText(decoded, textFrom);
    text = decoded;
    return true;
  }

  private void refuse(Code code, Field field, String what) {
    refuse(code, field.text + " " + what);
  }

  /// The first fault is the one that is told.
  private void refuse(Code code, String reason) {
    if (refusal.isEmpty()) {
      refusal = Optional.of(new Refusal(index, code, reason));
    }
  }

  static String tenantMismatch(TenantId tenant) {
    return "tenant_id is not \"%s\", the tenant of the credential".formatted(tenant);
  }
}
