package io.pulsegate.ingress.http;

import io.pulsegate.api.Metrics;
import java.time.Duration;
import java.time.InstantSource;

/// A listener for pages alone, such as that of the operator. Bodies are at most 1 MiB.
///
/// Any thread.
public final class HttpPages implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 1 << 20;

  private final Listener listener;

  private HttpPages(Listener listener) {
    this.listener = listener;
  }

  /// Opens the port; when this returns, pages are served.
  ///
  /// @param config its workers and limits of a body are not used
  /// @param name for metrics, such as `admin`
  /// @param guard who may see them
  /// @param clock for the `Date` of replies
  /// @throws ListenException where the port cannot be opened
  public static HttpPages start(
      HttpConfig config,
      String name,
      Pages pages,
      Guard guard,
      Metrics metrics,
      InstantSource clock) {
    OtherRecorder recorder = new OtherRecorder(metrics, new RequestLog());
    int refusalsMax = config.limits().refusalsPerSecondMax();
    PageDoor door = new PageDoor(pages, guard, BODY_BYTES_MAX, refusalsMax, recorder);
    return new HttpPages(Listener.open(config, name, door, recorder, metrics, clock));
  }

  /// The port that is open.
  public int port() {
    return listener.port();
  }

  /// Finishes what has begun, and closes the port.
  ///
  /// @param limit how long running requests may take
  /// @return whether all of them were finished
  public boolean close(Duration limit) {
    boolean finished = listener.awaitIdle(limit);
    listener.close();
    return finished;
  }

  /// Closes at once; running requests are cut off.
  @Override
  public void close() {
    close(Duration.ZERO);
  }
}
