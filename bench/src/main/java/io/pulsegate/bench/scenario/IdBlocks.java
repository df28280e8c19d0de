package io.pulsegate.bench.scenario;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;

/// Blocks of events of the canonical 288 bytes whose ids are numbers, as intake makes them.
final class IdBlocks {
  static final int EVENTS = 100;
  private static final int PAYLOAD_BYTES = 288;
  private static final EventWriter.HashKey KEY = new EventWriter.HashKey(5, 6);
  private static final EventWriter.Limits LIMITS = new EventWriter.Limits(64 << 10, 1 << 20);

  private final LaneKey lane;
  private final EventDraft draft = new EventDraft();
  private final byte[] payload =
      ("{\"x\":\"" + "y".repeat(PAYLOAD_BYTES - 8) + "\"}").getBytes(StandardCharsets.US_ASCII);

  IdBlocks(LaneKey lane) {
    this.lane = lane;
  }

  LaneKey lane() {
    return lane;
  }

  /// A block with the ids from `first` on.
  EventBlock from(long first) {
    var writer =
        new EventWriter(
            lane,
            Source.HTTP,
            "bench",
            KEY,
            LIMITS,
            Instant.EPOCH,
            new SplittableRandom(1),
            EVENTS);
    for (long number = first; number < first + EVENTS; number++) {
      byte[] id = ("id-" + number).getBytes(StandardCharsets.US_ASCII);
      draft.begin(payload, 0, payload.length);
      draft.type(id, 0, 2);
      draft.id(id, 0, id.length);
      writer
          .add(draft, 0)
          .ifPresent(refusal -> {
            throw new IllegalStateException(refusal.toString());
          });
    }
    return writer.finish().getFirst();
  }
}
