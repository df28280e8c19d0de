package io.pulsegate.core.delivery;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.core.DeadLetterQueue;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Turns rejected entries of one sink into dead letters.
final class LetterBox {
  /// Where on its way an event failed.
  enum Stage {
    TRANSFORM,
    SINK
  }

  private final String logId;
  private final int partition;
  private final String sink;
  private final long run;
  private final DeadLetterQueue queue;
  private final InstantSource clock;

  /// @param run which pass over the log, 0 for live delivery
  LetterBox(
      String logId,
      int partition,
      String sink,
      long run,
      DeadLetterQueue queue,
      InstantSource clock) {
    this.logId = logId;
    this.partition = partition;
    this.sink = sink;
    this.run = run;
    this.queue = queue;
    this.clock = clock;
  }

  /// Makes dead letters of entries of the stretch, as they stand in the log; durable when it
  /// returns.
  ///
  /// @return what went wrong, for a person; empty when they are kept
  Optional<String> put(
      Stage stage,
      Stretch stretch,
      LaneKey lane,
      List<Rejection> rejections,
      int attempts,
      Instant firstFailure) {
    List<DeadLetter> letters =
        rejections.stream()
            .map(rejection -> letter(stage, stretch, lane, rejection, attempts, firstFailure))
            .toList();
    try {
      queue.put(letters);
      return Optional.empty();
    } catch (DeadLetterException e) {
      return Optional.of("dead letters could not be kept, the tenant waits: " + e.getMessage());
    }
  }

  private DeadLetter letter(
      Stage stage,
      Stretch stretch,
      LaneKey lane,
      Rejection rejection,
      int attempts,
      Instant firstFailure) {
    Run run = stretch.runOf(lane, rejection.offset());
    int index = run.offsets().firstAtOrAbove(rejection.offset(), run.from(), run.to());
    return new DeadLetter(
        logId,
        partition,
        rejection.offset(),
        0,
        sink,
        this.run,
        lane,
        Event.of(run.block(), index, lane.tenant(), run.receivedAtMicros()),
        stage.name().toLowerCase(Locale.ROOT),
        sink,
        rejection.code(),
        rejection.reason(),
        attempts,
        firstFailure,
        clock.instant());
  }
}
