package io.pulsegate.api;

/// One event on its way from a wire format into an [EventWriter]: byte ranges, no objects.
///
/// A dialect keeps one draft and calls [#begin] for each event. All texts are UTF-8 without quotes
/// and escapes; a text that was sent with escapes is handed over decoded, in an array of its own.
/// Not setting a text, or setting an empty one, means the event has none.
public final class EventDraft {
  private static final byte[] NOTHING = {};

  static final class Text {
    byte[] bytes = NOTHING;
    int from;
    int to;

    void set(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }

    int length() {
      return to - from;
    }

    void clear() {
      from = 0;
      to = 0;
    }
  }

  final Text payload = new Text();
  final Text id = new Text();
  final Text type = new Text();
  final Text idempotencyKey = new Text();
  final Text traceId = new Text();
  final Text partitionKey = new Text();
  final Text time = new Text();
  final Text originalTime = new Text();
  final Text redriveKey = new Text();
  boolean timeIsNumber;
  int flags;

  /// Starts the next event with its payload: a JSON object's bytes, exactly as sent.
  public void begin(byte[] bytes, int from, int to) {
    payload.set(bytes, from, to);
    id.clear();
    type.clear();
    idempotencyKey.clear();
    traceId.clear();
    partitionKey.clear();
    time.clear();
    originalTime.clear();
    redriveKey.clear();
    timeIsNumber = false;
    flags = 0;
  }

  /// The payload again, where it is known only after the texts were read.
  public void payload(byte[] bytes, int from, int to) {
    payload.set(bytes, from, to);
  }

  /// What the scanner saw in the payload: [EventFlag#HAS_NUL], [EventFlag#LONE_SURROGATE],
  /// [EventFlag#BIG_NUMBER].
  public void flags(int bits) {
    flags = bits & EventFlag.NEEDS_REPAIR;
  }

  /// The event's id as its sender names it.
  public void id(byte[] bytes, int from, int to) {
    id.set(bytes, from, to);
  }

  /// What kind of event it is; every event has one.
  public void type(byte[] bytes, int from, int to) {
    type.set(bytes, from, to);
  }

  /// A key by which the sender repeats a request safely.
  public void idempotencyKey(byte[] bytes, int from, int to) {
    idempotencyKey.set(bytes, from, to);
  }

  /// What to deduplicate by instead of id and idempotency key, where the event comes again on
  /// purpose.
  public void redriveKey(byte[] bytes, int from, int to) {
    redriveKey.set(bytes, from, to);
  }

  /// The trace the event belongs to.
  public void traceId(byte[] bytes, int from, int to) {
    traceId.set(bytes, from, to);
  }

  /// What order is kept by, where a destination is split.
  public void partitionKey(byte[] bytes, int from, int to) {
    partitionKey.set(bytes, from, to);
  }

  /// When it happened, as text in RFC 3339.
  public void timeText(byte[] bytes, int from, int to) {
    time.set(bytes, from, to);
    timeIsNumber = false;
  }

  /// The time as its sender gave it, where an earlier intake could not use it and [#timeText] is
  /// the one it took instead.
  public void originalTime(byte[] bytes, int from, int to) {
    originalTime.set(bytes, from, to);
  }

  /// When it happened, as a JSON number (see [Timestamps#parseNumber]).
  public void timeNumber(byte[] bytes, int from, int to) {
    time.set(bytes, from, to);
    timeIsNumber = true;
  }
}
