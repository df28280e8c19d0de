package io.pulsegate.server.letters;

import io.pulsegate.api.LetterCopy;
import io.pulsegate.api.LetterMirror;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Filter;
import io.pulsegate.server.state.Letters.Kept;
import io.pulsegate.server.state.StateException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Copies dead letters that wait into a sink that asks for them: at least once, oldest first.
///
/// **The mark moves after the copies are there**, so that a crash repeats copies and skips none. A
/// letter that is discarded or redriven before its turn is not copied.
public final class LetterMirroring implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LetterMirroring.class.getName());
  private static final int LETTERS_MAX = 200;
  private static final long PERIOD_MILLIS = 1_000;
  private static final long PERIOD_MAX_MILLIS = 60_000;

  private final String sink;
  private final LetterMirror mirror;
  private final Letters letters;
  private final LetterMark mark;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Thread> thread = Optional.empty();
  private long after;
  private String trouble = "";

  /// @param sink its name in the configuration
  public LetterMirroring(String sink, LetterMirror mirror, Letters letters, LetterMark mark) {
    this.sink = sink;
    this.mirror = mirror;
    this.letters = letters;
    this.mark = mark;
  }

  /// Copies from now on.
  public void start() {
    thread = Optional.of(Thread.ofVirtual().name("pulsegate-letters-" + sink).start(this::run));
  }

  private void run() {
    try {
      after = mark.read();
      long pause = PERIOD_MILLIS;
      while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
        pause = copyAll() ? PERIOD_MILLIS : Math.min(2 * pause, PERIOD_MAX_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      tell("its mark cannot be read: " + e.getMessage());
    }
  }

  /// Copies what waits and was not copied.
  ///
  /// @return whether all of it is there
  boolean copyAll() throws InterruptedException {
    try {
      if (letters.newestId() < after) {
        // The state store is another one than that of the mark.
        after = 0;
      }
      List<Kept> next = letters.findAfter(Filter.ALL, after, LETTERS_MAX);
      while (!next.isEmpty() && closed.getCount() > 0) {
        Optional<Unavailable> unavailable =
            mirror.mirror(next.stream().map(LetterMirroring::copy).toList());
        if (unavailable.isPresent()) {
          tell(unavailable.get().reason());
          return false;
        }
        after = next.getLast().id();
        mark.write(after);
        next = letters.findAfter(Filter.ALL, after, LETTERS_MAX);
      }
      trouble = "";
      return true;
    } catch (StateException | IOException e) {
      tell(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static LetterCopy copy(Kept kept) {
    DeadLetter letter = kept.letter();
    return new LetterCopy(
        kept.id(),
        letter.event(),
        letter.sink(),
        letter.stage(),
        letter.component(),
        letter.code(),
        letter.reason(),
        letter.attempts(),
        letter.firstFailure(),
        letter.lastFailure());
  }

  /// Says the same thing once.
  private void tell(String reason) {
    if (!reason.equals(trouble)) {
      trouble = reason;
      LOG.log(
          Level.WARNING,
          "dead letters are not copied now; none is lost, they stay in the state store: sink={0} reason={1}",
          sink,
          reason);
    }
  }

  /// Ends after the copies under way.
  @Override
  public void close() {
    closed.countDown();
    thread.ifPresent(running -> {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }
}
