package io.pulsegate.sinks.s3;

import io.pulsegate.api.CursorMove;
import io.pulsegate.api.ObjectExport.Sent;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/// The thread that sends windows, one after another, and what others may do meanwhile. All of a
/// stage is done under one lock; sending is not. Any thread.
final class Shipper {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.sinks.s3");
  private static final int WINDOWS_MAX = 2;
  private static final long LOOK_MILLIS = 200;
  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(30);

  private final S3Config config;
  private final ObjectStore store;
  private final Supplier<ObjectEncoder> encoders;
  private final Opener opener;
  private final InstantSource clock;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile boolean closing;
  private volatile Consumer<Sent> listener = sent -> {};

  // All under the lock.
  private boolean lost;
  private Optional<Stage> stage = Optional.empty();
  private Instant openSince = Instant.MAX;
  private long openEvents;
  private final Deque<Instant> closedSince = new ArrayDeque<>();
  private Optional<Unavailable> failure = Optional.empty();
  private boolean tryNow;
  private volatile boolean started;
  private @Nullable RuntimeException bug;

  /// Work on the stage.
  @FunctionalInterface
  interface StageWork<T> {
    T on(Stage stage) throws IOException;
  }

  /// Opens the stage.
  @FunctionalInterface
  interface Opener {
    Stage open() throws IOException;
  }

  Shipper(
      String sink,
      S3Config config,
      ObjectStore store,
      Supplier<ObjectEncoder> encoders,
      Opener opener,
      InstantSource clock) {
    this.config = config;
    this.store = store;
    this.encoders = encoders;
    this.opener = opener;
    this.clock = clock;
    this.thread =
        Thread.ofPlatform().daemon().name("sink-" + sink + "-shipper").unstarted(this::run);
  }

  /// Opens the stage where it is not open, and sends every closed window now.
  ///
  /// @return why not all of it could be sent
  Optional<Unavailable> sendAll(Duration timeout) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      lost = false;
      Stage _ = opened();
      if (!started && !closing) {
        started = true;
        thread.start();
      }
      failure = Optional.empty();
      tryNow = true;
      changed.signalAll();
      return await(this::isAllSent, timeout);
    } finally {
      lock.unlock();
    }
  }

  /// Closes the open window and sends every closed one now.
  ///
  /// @return why not all of it could be sent
  Optional<Unavailable> sendNow(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (stage.isEmpty() || !started) {
        return Optional.of(
            new Unavailable(Cause.OUTAGE, "the sink has not begun yet", Optional.empty()));
      }
      if (stage.get().openBytes() > 0) {
        closeWindow();
      }
      failure = Optional.empty();
      tryNow = true;
      changed.signalAll();
      return await(this::isAllSent, timeout);
    } finally {
      lock.unlock();
    }
  }

  /// Who is told of every object that is stored.
  void onSent(Consumer<Sent> told) {
    listener = told;
  }

  /// Since when the oldest event is staged.
  Optional<Instant> gatheredSince() {
    lock.lock();
    try {
      return Optional.ofNullable(closedSince.peek())
          .or(() -> openSince.equals(Instant.MAX) ? Optional.empty() : Optional.of(openSince));
    } finally {
      lock.unlock();
    }
  }

  /// Does something with the stage. After an error of the disk it is opened anew by the next
  /// [#sendAll], and what the disk says holds.
  <T> T withStage(StageWork<T> work) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (lost) {
        throw new IOException("what is staged has to be read again");
      }
      return work.on(opened());
    } catch (IOException e) {
      lose();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private Stage opened() throws IOException {
    if (stage.isEmpty()) {
      stage = Optional.of(opener.open());
      closedSince.clear();
      openEvents = 0;
      for (int i = 0; i < stage.get().closedCount(); i++) {
        closedSince.add(clock.instant());
      }
    }
    return stage.get();
  }

  private void lose() {
    lost = true;
    stage = Optional.empty();
    openSince = Instant.MAX;
  }

  /// Waits until another window may be begun.
  ///
  /// @return why not
  Optional<Unavailable> awaitRoom(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return failure.isPresent()
          ? failure
          : await(() -> stage.map(Stage::closedCount).orElse(0) < WINDOWS_MAX, timeout);
    } finally {
      lock.unlock();
    }
  }

  /// Stages events with the move of the cursor. A window that is large enough is closed; where
  /// windows are to be sent at once, waits for that.
  ///
  /// @return why it was not sent
  Optional<Unavailable> append(CursorMove move, List<Chunk> chunks, int events, Duration timeout)
      throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      withStage(opened -> {
        opened.append(move, chunks);
        openEvents += events;
        return noteAge(opened);
      });
      return config.objectAge().isZero() ? await(this::isAllSent, timeout) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// In one with appending: an interrupt must not leave a window that nobody closes.
  private boolean noteAge(Stage opened) {
    if (opened.openBytes() > 0 && openSince.equals(Instant.MAX)) {
      openSince = clock.instant();
    }
    if (opened.openBytes() >= config.objectBytes()
        || openEvents >= config.objectEvents()
        || config.objectAge().isZero()) {
      closeWindow();
      changed.signalAll();
      return true;
    }
    return false;
  }

  private boolean isAllSent() {
    return stage.map(Stage::closedCount).orElse(0) == 0;
  }

  /// Waits, under the lock, for the condition or a failure.
  private Optional<Unavailable> await(BooleanSupplier done, Duration timeout)
      throws InterruptedException {
    long nanos = timeout.toNanos();
    while (!done.getAsBoolean() && failure.isEmpty() && bug == null && !closing && nanos > 0) {
      nanos = changed.awaitNanos(nanos);
    }
    if (bug != null) {
      throw bug;
    }
    if (done.getAsBoolean() || failure.isPresent()) {
      return done.getAsBoolean() ? Optional.empty() : failure;
    }
    return Optional.of(
        new Unavailable(
            Cause.OUTAGE,
            closing ? "the sink is closed" : "what is staged is still being sent",
            Optional.empty()));
  }

  private void closeWindow() {
    stage.ifPresent(Stage::close);
    if (!openSince.equals(Instant.MAX)) {
      closedSince.add(openSince);
    }
    openSince = Instant.MAX;
    openEvents = 0;
  }

  private void run() {
    try (ObjectEncoder encoder = encoders.get()) {
      var shipment =
          new Shipment(
              store,
              encoder,
              config.format().extension(),
              config.partBytes(),
              () -> closing,
              stored -> listener.accept(stored),
              clock);
      Duration pause = Duration.ZERO;
      for (var next = awaitDue(pause); next.isPresent(); next = awaitDue(pause)) {
        boolean sent = settle(next.get(), send(shipment, next.get()));
        pause = sent ? Duration.ZERO : longer(pause);
      }
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "the thread that sends objects was stopped");
    } catch (RuntimeException e) {
      lock.lock();
      try {
        bug = e;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.isZero() ? RETRY_MIN : pause.multipliedBy(2);
    return doubled.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : doubled;
  }

  /// Waits for a window to be sent.
  ///
  /// @param pause before the next try, unless somebody asks for it
  /// @return empty when the sink is being closed
  private Optional<Stage.Window> awaitDue(Duration pause) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = pause.toNanos();
      while (nanos > 0 && !tryNow && !closing) {
        nanos = changed.awaitNanos(nanos);
      }
      while (!closing) {
        closeOldWindow();
        Optional<Stage.Window> first = stage.flatMap(Stage::first);
        if (first.isPresent()) {
          tryNow = false;
          return first;
        }
        boolean _ = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void closeOldWindow() {
    if (!openSince.equals(Instant.MAX)
        && !clock.instant().isBefore(openSince.plus(config.objectAge()))) {
      closeWindow();
    }
  }

  private Optional<Unavailable> send(Shipment shipment, Stage.Window window) {
    try {
      shipment.send(window);
      return Optional.empty();
    } catch (SdkException e) {
      return Optional.of(S3Errors.of(e));
    } catch (IOException e) {
      return Optional.of(
          new Unavailable(
              Cause.OUTAGE, "a staged file was not sent: " + e.getMessage(), Optional.empty()));
    }
  }

  /// @return whether it was sent
  private boolean settle(Stage.Window window, Optional<Unavailable> trouble)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      failure = trouble;
      if (trouble.isEmpty() && stage.isPresent()) {
        stage.get().sent(window);
        Instant _ = closedSince.poll();
      }
      return trouble.isEmpty();
    } catch (IOException e) {
      // Sent, but that could not be noted: opened anew it comes again, under the same names.
      lose();
      return true;
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /// Ends the thread, soon.
  void close(Duration join) {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (started && !thread.join(join)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
