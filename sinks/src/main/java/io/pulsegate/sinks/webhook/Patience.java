package io.pulsegate.sinks.webhook;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Remembers since when an endpoint has been failing, over restarts too, and leaves it alone when
/// that has been too long or when it asked for it. Any thread.
final class Patience {
  static final Duration PROBE_EVERY = Duration.ofHours(1);
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.sinks.webhook");

  private static final Unavailable GONE =
      waiting(
          "the endpoint answered 410: it wants no more events. Nothing is sent to it until the"
              + " server is started again; set another url, or take the sink out");

  private final String sink;
  private final Duration pauseAfter;
  private final SyncedFile file;
  private final InstantSource clock;
  private Optional<Instant> failingSince;
  private Instant nextProbe = Instant.MIN;
  private boolean alarmed;
  private boolean gone;

  /// @param file where the time of the first failure is kept; one that cannot be read counts as
  ///   none
  Patience(String sink, Duration pauseAfter, SyncedFile file, InstantSource clock) {
    this.sink = sink;
    this.pauseAfter = pauseAfter;
    this.file = file;
    this.clock = clock;
    this.failingSince = load(file);
  }

  private static Optional<Instant> load(SyncedFile file) {
    try {
      return file.load()
          .map(bytes -> Instant.parse(new String(bytes, StandardCharsets.UTF_8).strip()));
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Why nothing is sent now; empty where the endpoint may be tried.
  synchronized Optional<Unavailable> refusal() {
    if (gone) {
      return Optional.of(GONE);
    }
    Instant now = clock.instant();
    Optional<Instant> since = failingSince.filter(it -> isTooLong(it, now));
    if (since.isEmpty() || !now.isBefore(nextProbe)) {
      return Optional.empty();
    }
    return Optional.of(
        waiting(
            "paused: the endpoint has been failing since %s. It is tried once an hour and goes on by itself when it answers"
                .formatted(since.get())));
  }

  private boolean isTooLong(Instant since, Instant now) {
    return Duration.between(since, now).compareTo(pauseAfter) >= 0;
  }

  /// The endpoint took a message.
  synchronized void succeeded() {
    if (failingSince.isPresent()) {
      if (alarmed) {
        LOGGER.log(Level.INFO, "webhook endpoint answers again: sink {0}", sink);
      }
      failingSince = Optional.empty();
      alarmed = false;
      save();
    }
  }

  /// The endpoint could not take a message.
  synchronized void failed() {
    Instant now = clock.instant();
    if (failingSince.isEmpty()) {
      failingSince = Optional.of(now);
      save();
    } else if (isTooLong(failingSince.get(), now)) {
      nextProbe = now.plus(PROBE_EVERY);
      if (!alarmed) {
        alarmed = true;
        LOGGER.log(
            Level.ERROR,
            "webhook endpoint paused: sink {0} has been failing since {1}; its events stay in the log, it is tried once an hour",
            sink,
            failingSince.get());
      }
    }
  }

  /// The endpoint asked to be left alone.
  synchronized Unavailable gone() {
    if (!gone) {
      gone = true;
      LOGGER.log(
          Level.ERROR,
          "webhook endpoint gone: sink {0} was answered 410; nothing is sent until the next start",
          sink);
    }
    return GONE;
  }

  private void save() {
    try {
      if (failingSince.isPresent()) {
        file.save(failingSince.get().toString().getBytes(StandardCharsets.UTF_8));
      } else {
        file.delete();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the data folder cannot be written to", e);
    }
  }

  private static Unavailable waiting(String reason) {
    return new Unavailable(Cause.MISCONFIGURED, reason, Optional.empty());
  }
}
