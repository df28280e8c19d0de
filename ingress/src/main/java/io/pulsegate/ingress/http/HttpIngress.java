package io.pulsegate.ingress.http;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The public listener: takes events in the wire formats it is given, and shows pages.
///
/// Any thread.
public final class HttpIngress implements AutoCloseable {
  private static final int PAGE_BODY_BYTES_MAX = 65_536;

  private final Listener listener;
  private final IngestDoor door;
  private final ExecutorService workers;

  private HttpIngress(Listener listener, IngestDoor door, ExecutorService workers) {
    this.listener = listener;
    this.door = door;
    this.workers = workers;
  }

  /// Opens the port; when this returns, requests are served.
  ///
  /// @param dialects where several share an endpoint, in the order in which they are asked
  /// @param pages what is served beside events, to everybody
  /// @param clock for the `Date` of replies
  /// @throws ListenException where the port cannot be opened
  public static HttpIngress start(
      HttpConfig config,
      Intake intake,
      Doorkeeper doorkeeper,
      List<Dialect> dialects,
      Pages pages,
      Metrics metrics,
      InstantSource clock) {
    OtherRecorder other = new OtherRecorder(metrics, new RequestLog());
    int refusalsMax = config.limits().refusalsPerSecondMax();
    PageDoor pageDoor = new PageDoor(pages, Guard.open(), PAGE_BODY_BYTES_MAX, refusalsMax, other);
    ExecutorService workers =
        Executors.newFixedThreadPool(
            config.workers(), Thread.ofPlatform().daemon().name("ingress-worker-", 0).factory());
    try {
      IngestDoor door =
          new IngestDoor(
              config.limits(),
              new IngestDoor.House(intake, doorkeeper, workers, clock),
              dialects,
              pageDoor,
              metrics,
              other);
      Listener listener = Listener.open(config, "public", door, other, metrics, clock);
      return new HttpIngress(listener, door, workers);
    } catch (RuntimeException failure) {
      workers.shutdown();
      throw failure;
    }
  }

  /// The port that is open.
  public int port() {
    return listener.port();
  }

  /// From now on requests that bring events are answered 503 and disconnected; those that have
  /// begun are finished, and pages are served.
  public void stopAccepting() {
    door.stop();
  }

  /// Stops accepting, finishes what has begun, and closes the port.
  ///
  /// @param limit how long running requests may take
  /// @return whether all of them were finished
  public boolean close(Duration limit) {
    stopAccepting();
    boolean finished = listener.awaitIdle(limit);
    listener.close();
    workers.shutdown();
    return finished;
  }

  /// Closes at once; running requests are cut off.
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
