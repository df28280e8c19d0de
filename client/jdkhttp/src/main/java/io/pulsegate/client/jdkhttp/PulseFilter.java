package io.pulsegate.client.jdkhttp;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.pulsegate.client.ApiCall;
import io.pulsegate.client.PulseClient;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/// Records every request to a context of the JDK's HttpServer: service, the context's path, method,
/// status, duration. Never the path itself, a query, a header or a body.
///
/// ```java
/// server.createContext("/deposit", handler).getFilters().add(new PulseFilter(pulse, "wallet"));
/// ```
///
/// A handler that answers on another thread, after it has returned, is recorded when it closes the
/// response.
public final class PulseFilter extends Filter {
  private static final int NO_STATUS = -1;
  private static final int FAILED = 500;

  private final PulseClient pulse;
  private final String service;

  public PulseFilter(PulseClient pulse, String service) {
    this.pulse = pulse;
    this.service = service;
  }

  @Override
  public String description() {
    return "records requests with PulseGate";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    var record = new Recording(exchange, System.nanoTime());
    exchange.setStreams(null, new ClosingStream(exchange.getResponseBody(), record));
    try {
      chain.doFilter(exchange);
    } catch (IOException | RuntimeException | Error e) {
      record.writeSent();
      throw e;
    }
    if (exchange.getResponseCode() != NO_STATUS) {
      record.write(exchange.getResponseCode());
    }
  }

  /// Written once, by whoever comes first: the handler's return or the end of the response.
  private final class Recording {
    private final HttpExchange exchange;
    private final long startNanos;
    private final AtomicBoolean written = new AtomicBoolean();

    Recording(HttpExchange exchange, long startNanos) {
      this.exchange = exchange;
      this.startNanos = startNanos;
    }

    /// With the status that was sent; without one the connection breaks, which counts as a 500.
    void writeSent() {
      int status = exchange.getResponseCode();
      write(status == NO_STATUS ? FAILED : status);
    }

    void write(int status) {
      if (written.compareAndSet(false, true)) {
        boolean unused =
            pulse.trackApi(
                new ApiCall(
                    service,
                    exchange.getHttpContext().getPath(),
                    exchange.getRequestMethod(),
                    (System.nanoTime() - startNanos) / 1e6,
                    status));
      }
    }
  }

  private static final class ClosingStream extends FilterOutputStream {
    private final Recording record;

    ClosingStream(OutputStream out, Recording record) {
      super(out);
      this.record = record;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length); // not byte by byte, as the class above does
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        record.writeSent();
      }
    }
  }
}
