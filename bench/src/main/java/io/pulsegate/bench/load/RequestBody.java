package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The body of one connection's requests. It is rendered once; then only ids, times and, for
/// poisonous events, types are patched in place.
final class RequestBody {
  private static final byte[] POISON = "poison".getBytes(US_ASCII);

  private final Payload payload;
  private final List<EventTemplate> events;
  private final int[] starts;
  private final byte[] bytes;

  RequestBody(Payload payload, RandomGenerator random) {
    this.payload = payload;
    events = new ArrayList<>(payload.batch());
    for (int i = 0; i < payload.batch(); i++) {
      events.add(payload.render(random, i));
    }
    starts = new int[payload.batch()];
    bytes = joined();
  }

  private byte[] joined() {
    var body = new ByteArrayOutputStream();
    body.writeBytes(payload.wire().opening(events.size()).getBytes(US_ASCII));
    for (int i = 0; i < events.size(); i++) {
      if (i > 0) {
        body.writeBytes(payload.wire().separator(i).getBytes(US_ASCII));
      }
      starts[i] = body.size();
      body.writeBytes(events.get(i).bytes());
    }
    body.writeBytes(payload.wire().closing(events.size()).getBytes(US_ASCII));
    return body.toByteArray();
  }

  /// Makes it the body of events `firstSequence` and following.
  ///
  /// @param time 24 characters, `1970-01-01T00:00:00.000Z`
  void patch(long firstSequence, byte[] time) {
    for (int i = 0; i < starts.length; i++) {
      long sequence = firstSequence + i;
      int start = starts[i];
      var event = events.get(i);
      EventIds.write(
          bytes,
          start + event.idPosition(),
          EventIds.high(payload.seed(), sequence),
          EventIds.low(payload.seed(), sequence));
      System.arraycopy(time, 0, bytes, start + event.timePosition(), time.length);
      if (payload.poisonEvery() > 0) {
        patchType(start, event, payload.isPoison(sequence));
      }
    }
  }

  private void patchType(int start, EventTemplate event, boolean poison) {
    byte[] source = poison ? POISON : event.bytes();
    int from = poison ? 0 : event.typePosition();
    System.arraycopy(source, from, bytes, start + event.typePosition(), EventTemplate.TYPE_LENGTH);
  }

  /// The body itself, not a copy; it changes with each [#patch].
  byte[] bytes() {
    return bytes;
  }
}
