package io.pulsegate.server.letters;

import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Filter;
import io.pulsegate.server.state.StateException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Lets go of dead letters whose time is over: those that wait, where a time was set for them, and
/// those that were redriven a week ago. Each time with a line in the audit log. What became of them
/// is known for 30 days more.
public final class LetterRetention implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LetterRetention.class.getName());
  private static final Duration REDRIVEN_KEPT = Duration.ofDays(7);
  private static final Duration ENDED_KNOWN = Duration.ofDays(30);
  private static final long PERIOD_MINUTES = 10;

  private final Letters letters;
  private final Duration kept;
  private final Consumer<Instant> besides;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);

  /// @param kept how long a letter waits after its last failure; zero for ever
  public LetterRetention(Letters letters, Duration kept, InstantSource clock) {
    this(letters, kept, _ -> {}, clock);
  }

  /// @param besides lets go of other things at every look, as of the time it is given
  public LetterRetention(
      Letters letters, Duration kept, Consumer<Instant> besides, InstantSource clock) {
    this.letters = letters;
    this.kept = kept;
    this.besides = besides;
    this.clock = clock;
  }

  /// Looks now and then from now on.
  public void start() {
    Thread.ofVirtual()
        .name("pulsegate-letters")
        .start(() -> {
          try {
            do {
              look();
            } while (!closed.await(PERIOD_MINUTES, TimeUnit.MINUTES));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Looks once.
  void look() {
    Instant now = clock.instant();
    try {
      letGo(now.minus(REDRIVEN_KEPT), true, "redriven");
      if (kept.isPositive()) {
        letGo(now.minus(kept), false, "not redriven in time");
      }
      letters.forgetEnded(now.minus(ENDED_KNOWN));
      besides.accept(now);
    } catch (StateException e) {
      LOG.log(Level.WARNING, "old dead letters stay until the next look: {0}", e.getMessage());
    }
  }

  private void letGo(Instant until, boolean redriven, String why) {
    var filter =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.of(until),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            redriven);
    int gone =
        letters.discard(
            filter,
            count ->
                new Change(
                    clock.instant(),
                    "retention",
                    "letter.discard",
                    "",
                    "",
                    "%d letters from before %s, %s".formatted(count, until, why)));
    if (gone > 0) {
      LOG.log(Level.INFO, "dead letters discarded: count={0} reason={1}", gone, why);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
