package io.pulsegate.bench.jmh;

import com.sun.net.httpserver.Filter.Chain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the filters add to a request: the whole of the filter around a handler that answers, fails,
/// or answers after it has returned. Spring Boot's is the servlet filter.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 60, time = 5, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 5, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class MiddlewareBenchmark {
  private static final IllegalStateException FAULT = new IllegalStateException("of the handler");

  private final StubAsync async = new StubAsync();
  private final StubServlet.Request request = new StubServlet.Request(Optional.empty());
  private final StubServlet.Request asyncRequest = new StubServlet.Request(Optional.of(async));
  private final StubServlet.Response response = new StubServlet.Response();
  private final StubExchange exchange = new StubExchange();
  private final Chain answering = new Chain(List.of(), handled -> exchange.status(200));
  private final Chain leaving = new Chain(List.of(), handled -> exchange.status(-1));
  private final Chain failing =
      new Chain(
          List.of(),
          handled -> {
            exchange.status(-1);
            throw FAULT;
          });
  private Collector collector;
  private io.pulsegate.client.servlet.PulseFilter servlet;
  private io.pulsegate.client.jdkhttp.PulseFilter jdk;

  /// Starts server and client.
  @Setup
  public void start() throws IOException {
    collector = new Collector(false);
    servlet = new io.pulsegate.client.servlet.PulseFilter(collector.client(), "wallet");
    jdk = new io.pulsegate.client.jdkhttp.PulseFilter(collector.client(), "wallet");
  }

  /// Lets the queue fill.
  @Setup(Level.Iteration)
  public void hold() {
    collector.hold();
  }

  /// Empties the queue.
  @TearDown(Level.Iteration)
  public void flush() {
    collector.flush();
  }

  /// Ends both.
  @TearDown
  public void stop() throws IOException {
    collector.close();
  }

  /// The filter for servlets.
  @Benchmark
  public void servletFilter(Caller caller) throws IOException, ServletException {
    caller.calls++;
    servlet.doFilter(request, response, (handled, answered) -> {});
  }

  /// A handler that throws.
  @Benchmark
  public boolean servletFilterError(Caller caller) throws IOException, ServletException {
    caller.calls++;
    try {
      servlet.doFilter(
          request,
          response,
          (handled, answered) -> {
            throw FAULT;
          });
      return false;
    } catch (IllegalStateException fault) {
      return true;
    }
  }

  /// A handler that leaves the answer, or a stream, to another thread.
  @Benchmark
  public void servletFilterAsync(Caller caller) throws IOException, ServletException {
    caller.calls++;
    servlet.doFilter(asyncRequest, response, (handled, answered) -> {});
    async.complete();
  }

  /// The filter for the JDK's server.
  @Benchmark
  public void jdkFilter(Caller caller) throws IOException {
    caller.calls++;
    jdk.doFilter(exchange, answering);
  }

  /// A handler that throws.
  @Benchmark
  public boolean jdkFilterError(Caller caller) throws IOException {
    caller.calls++;
    try {
      jdk.doFilter(exchange, failing);
      return false;
    } catch (IllegalStateException fault) {
      return true;
    }
  }

  /// A handler that returns before it has answered, and closes the stream later.
  @Benchmark
  public void jdkFilterAsync(Caller caller) throws IOException {
    caller.calls++;
    jdk.doFilter(exchange, leaving);
    exchange.status(200);
    exchange.end();
  }
}
