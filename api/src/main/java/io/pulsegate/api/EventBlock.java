package io.pulsegate.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Events of one tenant in their encoded form: the body of one frame of the log.
///
/// A view over shared bytes; reading allocates nothing unless text is asked for. Made by
/// [EventWriter], little-endian:
///
/// ```
///  0  u8  version (1)
///  1  u8  source                     code of Source
///  2  u16 stride                     bytes per index entry: 56, or 104 with the optional fields
///  4  i32 count                      events, 1 to 65535
///  8  i32 indexPosition              from the block's first byte, a multiple of 8
/// 12  i32 sizeBytes                  of the whole block
/// 16  i32 dialectPosition, 20 u16 dialectLength
/// 22  u16 targetLength, 24 i32 targetPosition: the only sink it is for; length 0 for all
/// 28  i32 reserved
/// 32  data: payload ranges as they were sent, and the texts that do not lie in one
/// ..  index, `count` entries of `stride` bytes:
///        0 i32 payloadPosition    4 i32 payloadLength
///        8 i32 idPosition        12 i32 typePosition     16 u16 idLength  18 u16 typeLength
///       20 i32 flags (EventFlag) 24 i64 occurredAt (microseconds since 1970)
///       32 i64 idKeyHigh         40 i64 idKeyLow         48 i32 payloadCrc  52 i32 reserved
///     and, with stride 104:
///       56 i64 idempotencyKeyHigh 64 i64 idempotencyKeyLow
///       72 i32 idempotencyKey    76 i32 traceId  80 i32 partitionKey  84 i32 originalTime (positions)
///       88 u16 their lengths, in that order      96 i64 reserved
/// ```
///
/// Positions are relative to the block's first byte. A text of length 0 is absent.
public final class EventBlock {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 32;
  static final int STRIDE_SHORT = 56;
  static final int STRIDE_FULL = 104;
  static final int EVENTS_MAX = 65_535;

  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int from;
  private final int sizeBytes;
  private final int count;
  private final int stride;
  private final int index;

  /// The block in `bytes[from, to)`, which is shared, not copied.
  ///
  /// @throws IllegalArgumentException where the header does not fit the bytes; `version` newer than
  ///   this class says so in the text
  public EventBlock(byte[] bytes, int from, int to) {
    if (to - from < HEADER_BYTES) {
      throw new IllegalArgumentException(
          "an event block has at least 32 bytes, was " + (to - from));
    }
    int version = bytes[from] & 0xff;
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "event block version " + version + " is not known here, only version " + VERSION);
    }
    this.bytes = bytes;
    this.from = from;
    this.stride = u16(from + 2);
    this.count = (int) INT.get(bytes, from + 4);
    int indexPosition = (int) INT.get(bytes, from + 8);
    this.index = from + indexPosition;
    this.sizeBytes = (int) INT.get(bytes, from + 12);
    if ((stride != STRIDE_SHORT && stride != STRIDE_FULL)
        || count < 1
        || count > EVENTS_MAX
        || sizeBytes > to - from
        || indexPosition < HEADER_BYTES
        || (long) indexPosition + (long) count * stride > sizeBytes) {
      throw new IllegalArgumentException(
          "event block header does not fit: stride %d, count %d, index at %d, %d of %d bytes"
              .formatted(stride, count, indexPosition, sizeBytes, to - from));
    }
  }

  /// The array that holds the block; [#payloadFrom] and its kind index into it.
  public byte[] bytes() {
    return bytes;
  }

  /// Where the block begins in [#bytes].
  public int from() {
    return from;
  }

  /// Size of the whole block in bytes.
  public int sizeBytes() {
    return sizeBytes;
  }

  /// Events in the block, duplicates included.
  public int count() {
    return count;
  }

  /// The transport the events came in by.
  public Source source() {
    return Source.ofCode(bytes[from + 1]);
  }

  /// Name of the dialect they were spoken in.
  public String dialect() {
    return text((int) INT.get(bytes, from + 16), u16(from + 20));
  }

  /// The only sink that the events are for; empty for all.
  public Optional<String> target() {
    int length = u16(from + 22);
    return length == 0
        ? Optional.empty()
        : Optional.of(text((int) INT.get(bytes, from + 24), length));
  }

  /// First byte of the payload of event `i` in [#bytes].
  public int payloadFrom(int i) {
    return from + (int) INT.get(bytes, entry(i));
  }

  /// Length of the payload of event `i` in bytes.
  public int payloadLength(int i) {
    return (int) INT.get(bytes, entry(i) + 4);
  }

  /// First byte of the id of event `i` in [#bytes].
  public int idFrom(int i) {
    return from + (int) INT.get(bytes, entry(i) + 8);
  }

  /// Length of the id of event `i` in bytes, 1 to 256.
  public int idLength(int i) {
    return u16(entry(i) + 16);
  }

  /// First byte of the type of event `i` in [#bytes].
  public int typeFrom(int i) {
    return from + (int) INT.get(bytes, entry(i) + 12);
  }

  /// Length of the type of event `i` in bytes, 1 to 256.
  public int typeLength(int i) {
    return u16(entry(i) + 18);
  }

  /// Bits of [EventFlag].
  public int flags(int i) {
    return (int) INT.get(bytes, entry(i) + 20);
  }

  /// Whether event `i` is delivered, that is: not a duplicate.
  public boolean isLive(int i) {
    return (flags(i) & EventFlag.DUPLICATE) == 0;
  }

  /// Marks event `i` a duplicate. Only the log's drainer does so, before the block's checksum is
  /// made.
  public void markDuplicate(int i) {
    INT.set(bytes, entry(i) + 20, flags(i) | EventFlag.DUPLICATE);
  }

  /// When event `i` happened, in microseconds since 1970.
  public long occurredAtMicros(int i) {
    return (long) LONG.get(bytes, entry(i) + 24);
  }

  /// Upper half of the keyed hash of (tenant, event id); both halves 0 where there is nothing to
  /// deduplicate by.
  public long idKeyHigh(int i) {
    return (long) LONG.get(bytes, entry(i) + 32);
  }

  /// Lower half of the keyed hash of (tenant, event id).
  public long idKeyLow(int i) {
    return (long) LONG.get(bytes, entry(i) + 40);
  }

  /// CRC32C of the payload's bytes: tells a repeated event from another one with the same id.
  public int payloadCrc(int i) {
    return (int) INT.get(bytes, entry(i) + 48);
  }

  /// Upper half of the keyed hash of (tenant, idempotency key), 0 where the event has none.
  public long idempotencyKeyHigh(int i) {
    return stride == STRIDE_FULL ? (long) LONG.get(bytes, entry(i) + 56) : 0;
  }

  /// Lower half of the keyed hash of (tenant, idempotency key), 0 where the event has none.
  public long idempotencyKeyLow(int i) {
    return stride == STRIDE_FULL ? (long) LONG.get(bytes, entry(i) + 64) : 0;
  }

  /// One of the texts that most events do not have.
  public Optional<String> optional(OptionalField field, int i) {
    int length = optionalLength(field, i);
    return length == 0
        ? Optional.empty()
        : Optional.of(text((int) INT.get(bytes, entry(i) + 72 + 4 * field.place), length));
  }

  /// First byte of an optional text in [#bytes]; meaningful where [#optionalLength] is not 0.
  public int optionalFrom(OptionalField field, int i) {
    return stride == STRIDE_FULL
        ? from + (int) INT.get(bytes, entry(i) + 72 + 4 * field.place)
        : from;
  }

  /// Length of an optional text in bytes, 0 where the event has none.
  public int optionalLength(OptionalField field, int i) {
    return stride == STRIDE_FULL ? u16(entry(i) + 88 + 2 * field.place) : 0;
  }

  /// The id of event `i`.
  public String id(int i) {
    return new String(bytes, idFrom(i), idLength(i), StandardCharsets.UTF_8);
  }

  /// The type of event `i`.
  public String type(int i) {
    return new String(bytes, typeFrom(i), typeLength(i), StandardCharsets.UTF_8);
  }

  /// The payload of event `i` as text: valid JSON, exactly as it was sent.
  public String payload(int i) {
    return new String(bytes, payloadFrom(i), payloadLength(i), StandardCharsets.UTF_8);
  }

  private String text(int position, int length) {
    return new String(bytes, from + position, length, StandardCharsets.UTF_8);
  }

  private int entry(int i) {
    return index + i * stride;
  }

  private int u16(int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  /// The texts that most events do not have.
  public enum OptionalField {
    IDEMPOTENCY_KEY(0),
    TRACE_ID(1),
    PARTITION_KEY(2),
    /// The event's time as it was sent, where it could not be taken.
    ORIGINAL_TIME(3);

    /// Place among the optional fields of an index entry; stored in the log.
    final int place;

    OptionalField(int place) {
      this.place = place;
    }
  }
}
