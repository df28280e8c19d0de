package io.pulsegate.api;

import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventDraft.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/// Encodes the events of one request of one tenant into [EventBlock]s, each within the frame limit
/// of the log, and makes what the sender left out.
///
/// Rules that hold for every dialect: a type of 1 to 256 bytes; other texts of at most 256 bytes;
/// no control characters in any of them, nor in the time; a payload of at most
/// [Limits#eventBytesMax]. A time before 2000 or more than a day after intake, or one that cannot
/// be read, is replaced by the time of intake and kept as [OptionalField#ORIGINAL_TIME]. An event
/// without an id gets a UUIDv7.
///
/// One thread at a time; used for one request.
public final class EventWriter {
  /// What one event and one block may take.
  ///
  /// @param eventBytesMax bytes of a payload
  /// @param blockBytesMax bytes of a block; at least `eventBytesMax` and 16 KiB
  /// @param depthMax nested objects and arrays of a payload, for those who make payloads
  public record Limits(int eventBytesMax, int blockBytesMax, int depthMax) {
    /// With as many levels as a request may have where nothing else is said.
    public Limits(int eventBytesMax, int blockBytesMax) {
      this(eventBytesMax, blockBytesMax, DialectLimits.DEFAULT.depthMax());
    }

    public Limits {
      if (eventBytesMax < 1 || blockBytesMax < eventBytesMax + 16_384) {
        throw new IllegalArgumentException(
            "a block takes one event and 16 KiB, was %d and %d"
                .formatted(eventBytesMax, blockBytesMax));
      }
    }
  }

  /// Longest text of the envelope in bytes.
  public static final int TEXT_BYTES_MAX = 256;

  /// Texts of one event that may have to be stored beside its payload: type, id and the optional
  /// ones. An id made here is shorter than an id may be.
  private static final long TEXTS_MAX = 2L + OptionalField.values().length;

  private static final long EARLIEST_MICROS = 946_684_800_000_000L;
  private static final long FUTURE_MICROS_MAX = 86_400_000_000L;
  private static final int KEY_KIND_ID = 1;
  private static final int KEY_KIND_IDEMPOTENCY = 2;
  private static final int KEY_KIND_REDRIVE = 3;

  private final TenantId tenant;
  private final Source source;
  private final byte[] dialect;
  private final Limits limits;
  private final long nowMicros;
  private final RandomGenerator random;
  private final SipHash128 hasher;
  private final byte[] keyInput;
  private final int keyPrefix;
  private final byte[] madeId = new byte[Uuid7.TEXT_BYTES];
  private final CRC32C crc = new CRC32C();
  private final List<EventBlock> done = new ArrayList<>(1);

  private byte[] target = new byte[0];
  private byte[] data;
  private int dataEnd;
  private byte[] index;
  private int stride = EventBlock.STRIDE_SHORT;
  private int count;
  private int total;
  private Optional<Redaction> redaction = Optional.empty();
  private String origin = "";

  /// A writer for one request.
  ///
  /// @param lane whose events they are: part of every deduplication key
  /// @param dialect name of the wire format, at most 64 bytes
  /// @param key this installation's secret for deduplication keys
  /// @param now time of intake
  /// @param expectedBytes how much is likely to come: the first buffer's size
  public EventWriter(
      LaneKey lane,
      Source source,
      String dialect,
      HashKey key,
      Limits limits,
      Instant now,
      RandomGenerator random,
      int expectedBytes) {
    this.tenant = lane.tenant();
    this.source = source;
    this.dialect = dialect.getBytes(StandardCharsets.UTF_8);
    this.limits = limits;
    this.nowMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    this.random = random;
    this.hasher = new SipHash128(key.low(), key.high());
    byte[] laneBytes = lane.toString().getBytes(StandardCharsets.UTF_8);
    this.keyPrefix = laneBytes.length + 1;
    this.keyInput = Arrays.copyOf(laneBytes, keyPrefix + TEXT_BYTES_MAX);
    // Room for the events and their index where they have about 300 bytes each; else it grows.
    this.data =
        new byte
            [Math.clamp(
                expectedBytes + expectedBytes * 2L / 5 + 512, 1_024, limits.blockBytesMax())];
    this.index =
        new byte
            [Math.clamp(expectedBytes / 5, 4 * EventBlock.STRIDE_FULL, limits.blockBytesMax() / 5)];
    startBlock();
  }

  /// The secret that deduplication keys are made with: 128 random bits, one per installation.
  public record HashKey(long low, long high) {}

  /// Whose events they are.
  public TenantId tenant() {
    return tenant;
  }

  /// From now on payloads are stored as the redaction leaves them.
  public EventWriter redacting(Redaction rule) {
    redaction = Optional.of(rule);
    return this;
  }

  /// From now on, events that bring no idempotency key of their own get one from where they come
  /// from, and their index in it: `origin/0`. What is read from there again is then recognised.
  ///
  /// @param origin at most 240 bytes
  public EventWriter from(String origin) {
    this.origin = origin;
    return this;
  }

  /// A new id, made as for events without one.
  public String newId() {
    Uuid7.write(nowMicros / 1_000, random, madeId);
    return new String(madeId, StandardCharsets.US_ASCII);
  }

  /// Has the events delivered to one sink only; before the first event.
  public EventWriter onlyFor(String sink) {
    target = sink.getBytes(StandardCharsets.UTF_8);
    startBlock();
    return this;
  }

  /// Events taken so far.
  public int size() {
    return total;
  }

  /// Takes the draft, or says why not; a refused draft leaves nothing behind.
  ///
  /// @param requestIndex the event's index in its request, for the refusal
  public Optional<Refusal> add(EventDraft draft, int requestIndex) {
    if (redaction.isPresent()) {
      redact(draft, redaction.get());
    }
    if (!origin.isEmpty() && draft.idempotencyKey.length() == 0) {
      byte[] key = (origin + "/" + requestIndex).getBytes(StandardCharsets.UTF_8);
      draft.idempotencyKey.set(key, 0, key.length);
    }
    Optional<Refusal> refusal = validate(draft, requestIndex);
    if (refusal.isPresent()) {
      return refusal;
    }
    boolean hasOptional =
        draft.idempotencyKey.length() > 0
            || draft.traceId.length() > 0
            || draft.partitionKey.length() > 0
            || draft.originalTime.length() > 0;
    long micros = timeOf(draft);
    int flags = draft.flags;
    if (micros == Timestamps.NONE) {
      micros = nowMicros;
      flags |= EventFlag.TIME_MADE;
      hasOptional |= draft.time.length() > 0;
    } else if (draft.originalTime.length() > 0) {
      flags |= EventFlag.TIME_MADE;
    }
    makeRoom(draft, hasOptional);
    if (hasOptional && stride == EventBlock.STRIDE_SHORT) {
      widenIndex();
    }
    write(draft, micros, flags);
    return Optional.empty();
  }

  /// Forgets every event taken so far: for a dialect that finds out late what it is reading.
  public void restart() {
    done.clear();
    total = 0;
    startBlock();
  }

  /// Ends the request. Empty where no event was taken.
  public List<EventBlock> finish() {
    if (count > 0) {
      endBlock();
    }
    return List.copyOf(done);
  }

  /// Texts that lie in the payload as it was sent are stored beside the redacted one.
  private static void redact(EventDraft draft, Redaction rule) {
    Text sent = draft.payload;
    Bytes left = rule.apply(new Bytes(sent.bytes, sent.from, sent.to));
    draft.payload.set(left.array(), left.from(), left.to());
  }

  private Optional<Refusal> validate(EventDraft draft, int requestIndex) {
    if (draft.type.length() == 0) {
      return refuse(requestIndex, Code.MISSING_EVENT_TYPE, "event_type is missing or empty");
    }
    if (draft.payload.length() > limits.eventBytesMax()) {
      return refuse(
          requestIndex,
          Code.EVENT_TOO_LARGE,
          "the event has %d bytes, the limit is %d"
              .formatted(draft.payload.length(), limits.eventBytesMax()));
    }
    if (isFine(draft.type)
        && isFine(draft.id)
        && isFine(draft.idempotencyKey)
        && isFine(draft.traceId)
        && isFine(draft.partitionKey)
        && isFine(draft.redriveKey)
        && !hasControls(draft.time)) {
      return Optional.empty();
    }
    return Optional.of(new Refusal(requestIndex, Code.INVALID_FIELD, faultOfText(draft)));
  }

  private static boolean isFine(Text text) {
    return text.length() <= TEXT_BYTES_MAX && !hasControls(text);
  }

  private static boolean hasControls(Text text) {
    byte[] bytes = text.bytes;
    for (int i = text.from; i < text.to; i++) {
      byte b = bytes[i];
      if ((b >= 0 && b < 0x20) || b == 0x7f) {
        return true;
      }
    }
    return false;
  }

  /// What is wrong with the first text that is not fine, in words.
  private static String faultOfText(EventDraft draft) {
    return faultOfText(draft.type, "event_type")
        .or(() -> faultOfText(draft.id, "event_id"))
        .or(() -> faultOfText(draft.idempotencyKey, "idempotency_key"))
        .or(() -> faultOfText(draft.traceId, "trace_id"))
        .or(() -> faultOfText(draft.partitionKey, "partition_key"))
        .or(() -> faultOfText(draft.redriveKey, "redrive_key"))
        .orElse("the event's time holds a control character");
  }

  private static Optional<String> faultOfText(Text text, String field) {
    if (text.length() > TEXT_BYTES_MAX) {
      return Optional.of(
          "%s has %d bytes, the limit is %d".formatted(field, text.length(), TEXT_BYTES_MAX));
    }
    return hasControls(text) ? Optional.of(field + " holds a control character") : Optional.empty();
  }

  private static Optional<Refusal> refuse(int requestIndex, Code code, String reason) {
    return Optional.of(new Refusal(requestIndex, code, reason));
  }

  private long timeOf(EventDraft draft) {
    Text time = draft.time;
    if (time.length() == 0) {
      return Timestamps.NONE;
    }
    long micros =
        draft.timeIsNumber
            ? Timestamps.parseNumber(time.bytes, time.from, time.to)
            : Timestamps.parseText(time.bytes, time.from, time.to);
    boolean absurd = micros < EARLIEST_MICROS || micros > nowMicros + FUTURE_MICROS_MAX;
    return absurd ? Timestamps.NONE : micros;
  }

  /// Starts another block where the event would not fit into this one.
  private void makeRoom(EventDraft draft, boolean hasOptional) {
    int newStride = hasOptional ? EventBlock.STRIDE_FULL : stride;
    long worst =
        dataEnd
            + draft.payload.length()
            + TEXTS_MAX * TEXT_BYTES_MAX
            + 8
            + (count + 1L) * newStride;
    if (count > 0 && (worst > limits.blockBytesMax() || count == EventBlock.EVENTS_MAX)) {
      endBlock();
      data = new byte[Math.min(limits.blockBytesMax(), data.length)];
      startBlock();
    }
  }

  private void startBlock() {
    Arrays.fill(data, 0, EventBlock.HEADER_BYTES, (byte) 0);
    dataEnd = EventBlock.HEADER_BYTES;
    count = 0;
    stride = EventBlock.STRIDE_SHORT;
    append(dialect, 0, dialect.length);
    append(target, 0, target.length);
  }

  /// Moves the entries apart within the array, the last one first, and clears what is between them.
  private void widenIndex() {
    if (index.length < count * EventBlock.STRIDE_FULL) {
      index = Arrays.copyOf(index, count * EventBlock.STRIDE_FULL);
    }
    for (int i = count - 1; i >= 0; i--) {
      int to = i * EventBlock.STRIDE_FULL;
      System.arraycopy(index, i * EventBlock.STRIDE_SHORT, index, to, EventBlock.STRIDE_SHORT);
      Arrays.fill(index, to + EventBlock.STRIDE_SHORT, to + EventBlock.STRIDE_FULL, (byte) 0);
    }
    stride = EventBlock.STRIDE_FULL;
  }

  private void write(EventDraft draft, long micros, int flags) {
    int entry = count * stride;
    if (entry + stride > index.length) {
      index = Arrays.copyOf(index, Math.max(index.length * 2, entry + stride));
    }
    Arrays.fill(index, entry, entry + stride, (byte) 0);
    int payloadAt = append(draft.payload.bytes, draft.payload.from, draft.payload.to);
    putInt(entry, payloadAt);
    putInt(entry + 4, draft.payload.length());
    putInt(entry + 12, place(draft.type, draft.payload, payloadAt));
    putShort(entry + 18, draft.type.length());
    if (draft.id.length() == 0) {
      Uuid7.write(nowMicros / 1_000, random, madeId);
      putInt(entry + 8, append(madeId, 0, Uuid7.TEXT_BYTES));
      putShort(entry + 16, Uuid7.TEXT_BYTES);
      flags |= EventFlag.ID_MADE;
    } else {
      putInt(entry + 8, place(draft.id, draft.payload, payloadAt));
      putShort(entry + 16, draft.id.length());
      putKey(entry + 32, KEY_KIND_ID, draft.id);
    }
    if (draft.redriveKey.length() > 0) {
      flags &= ~EventFlag.ID_MADE;
      putKey(entry + 32, KEY_KIND_REDRIVE, draft.redriveKey);
    }
    putInt(entry + 20, flags);
    putLong(entry + 24, micros);
    crc.reset();
    crc.update(draft.payload.bytes, draft.payload.from, draft.payload.length());
    putInt(entry + 48, (int) crc.getValue());
    if (stride == EventBlock.STRIDE_FULL) {
      writeOptional(draft, entry, payloadAt, (flags & EventFlag.TIME_MADE) != 0);
    }
    count++;
    total++;
  }

  private void writeOptional(EventDraft draft, int entry, int payloadAt, boolean timeMade) {
    if (draft.idempotencyKey.length() > 0 && draft.redriveKey.length() == 0) {
      putKey(entry + 56, KEY_KIND_IDEMPOTENCY, draft.idempotencyKey);
    }
    putText(entry, OptionalField.IDEMPOTENCY_KEY, draft.idempotencyKey, draft, payloadAt);
    putText(entry, OptionalField.TRACE_ID, draft.traceId, draft, payloadAt);
    putText(entry, OptionalField.PARTITION_KEY, draft.partitionKey, draft, payloadAt);
    if (timeMade) {
      Text original = draft.originalTime.length() > 0 ? draft.originalTime : draft.time;
      shorten(original);
      putText(entry, OptionalField.ORIGINAL_TIME, original, draft, payloadAt);
    }
  }

  /// Cuts a text to the longest that is kept, between two characters.
  private static void shorten(Text text) {
    if (text.length() > TEXT_BYTES_MAX) {
      int end = text.from + TEXT_BYTES_MAX;
      while ((text.bytes[end] & 0xc0) == 0x80) {
        end--;
      }
      text.to = end;
    }
  }

  private void putText(int entry, OptionalField field, Text text, EventDraft draft, int payloadAt) {
    if (text.length() > 0) {
      putInt(entry + 72 + 4 * field.place, place(text, draft.payload, payloadAt));
      putShort(entry + 88 + 2 * field.place, text.length());
    }
  }

  private void putKey(int at, int kind, Text text) {
    keyInput[keyPrefix - 1] = (byte) kind;
    System.arraycopy(text.bytes, text.from, keyInput, keyPrefix, text.length());
    hasher.hash(keyInput, 0, keyPrefix + text.length());
    putLong(at, hasher.high());
    putLong(at + 8, hasher.low());
  }

  /// Position of a text: inside the payload where it lies there, else behind it. The arrays are
  /// compared by identity, as it is the place that counts and not the content.
  @SuppressWarnings("ReferenceEquality")
  private int place(Text text, Text payload, int payloadAt) {
    boolean inside =
        text.bytes == payload.bytes && text.from >= payload.from && text.to <= payload.to;
    return inside ? payloadAt + text.from - payload.from : append(text.bytes, text.from, text.to);
  }

  private int append(byte[] bytes, int from, int to) {
    int length = to - from;
    if (dataEnd + length > data.length) {
      data = Arrays.copyOf(data, Math.max(data.length * 2, dataEnd + length));
    }
    System.arraycopy(bytes, from, data, dataEnd, length);
    int at = dataEnd;
    dataEnd += length;
    return at;
  }

  private void endBlock() {
    int indexAt = (dataEnd + 7) & ~7;
    int size = indexAt + count * stride;
    if (size > data.length) {
      data = Arrays.copyOf(data, size);
    }
    Arrays.fill(data, dataEnd, indexAt, (byte) 0);
    System.arraycopy(index, 0, data, indexAt, count * stride);
    data[0] = EventBlock.VERSION;
    data[1] = (byte) source.code();
    EventBlock.SHORT.set(data, 2, (short) stride);
    EventBlock.INT.set(data, 4, count);
    EventBlock.INT.set(data, 8, indexAt);
    EventBlock.INT.set(data, 12, size);
    EventBlock.INT.set(data, 16, EventBlock.HEADER_BYTES);
    EventBlock.SHORT.set(data, 20, (short) dialect.length);
    EventBlock.SHORT.set(data, 22, (short) target.length);
    EventBlock.INT.set(data, 24, EventBlock.HEADER_BYTES + dialect.length);
    done.add(new EventBlock(data, 0, size));
  }

  private void putInt(int at, int value) {
    EventBlock.INT.set(index, at, value);
  }

  private void putLong(int at, long value) {
    EventBlock.LONG.set(index, at, value);
  }

  private void putShort(int at, int value) {
    EventBlock.SHORT.set(index, at, (short) value);
  }
}
