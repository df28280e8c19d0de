package io.pulsegate.client.servlet;

import io.pulsegate.client.ApiCall;
import io.pulsegate.client.PulseClient;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Records every request of a Jakarta Servlet container: service, route pattern, method, status,
/// duration. Never the path itself, a query, a header or a body.
///
/// The route is Spring MVC's pattern where there is one (`/players/{id}`), else the pattern that
/// the servlet is mapped to. An asynchronous request is recorded when it is complete; one that
/// fails, as a 500, or as the status that was sent before. Register it first, for the dispatch
/// `REQUEST`, with asynchronous requests supported.
public final class PulseFilter implements Filter {
  /// Where Spring MVC puts the pattern that has matched.
  private static final String SPRING_PATTERN =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

  private static final int FAILED = 500;

  private final Supplier<PulseClient> pulse;
  private final String service;

  public PulseFilter(PulseClient pulse, String service) {
    this(() -> pulse, service);
  }

  /// @param pulse asked for each request
  public PulseFilter(Supplier<PulseClient> pulse, String service) {
    this.pulse = pulse;
    this.service = service;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      chain.doFilter(request, response);
      return;
    }
    var record = new Recording(http, answer, System.nanoTime());
    try {
      chain.doFilter(request, response);
    } catch (IOException | ServletException | RuntimeException | Error e) {
      record.writeFailed();
      throw e;
    }
    if (!request.isAsyncStarted() || !record.isLeftToComplete()) {
      record.write(answer.getStatus());
    }
  }

  /// Written once, by whoever comes first.
  private final class Recording implements AsyncListener {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final long startNanos;
    private final AtomicBoolean written = new AtomicBoolean();
    private volatile Optional<String> known = Optional.empty();

    Recording(HttpServletRequest request, HttpServletResponse response, long startNanos) {
      this.request = request;
      this.response = response;
      this.startNanos = startNanos;
    }

    /// Keeps the route, as that of an error page may stand in its place at the end, and waits.
    ///
    /// @return false where another thread has completed the request meanwhile
    boolean isLeftToComplete() {
      known = Optional.of(route());
      try {
        request.getAsyncContext().addListener(this);
        return true;
      } catch (IllegalStateException completed) {
        return false;
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      write(response.getStatus());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // Whoever handles it sets the status; the container completes the request afterwards.
    }

    @Override
    public void onError(AsyncEvent event) {
      writeFailed();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this); // a second start forgets the listeners
    }

    /// The container sends a 500 later, unless something is on its way already.
    void writeFailed() {
      write(response.isCommitted() || response.getStatus() >= 400 ? response.getStatus() : FAILED);
    }

    void write(int status) {
      if (written.compareAndSet(false, true)) {
        boolean unused =
            pulse
                .get()
                .trackApi(
                    new ApiCall(
                        service,
                        known.orElseGet(this::route),
                        request.getMethod(),
                        (System.nanoTime() - startNanos) / 1e6,
                        status));
      }
    }

    private String route() {
      @Nullable Object spring = request.getAttribute(SPRING_PATTERN);
      if (spring != null) {
        return spring.toString();
      }
      String mapped = request.getHttpServletMapping().getPattern();
      return mapped.isEmpty() ? "/" : mapped;
    }
  }
}
