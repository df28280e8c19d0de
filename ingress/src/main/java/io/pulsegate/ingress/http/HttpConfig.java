package io.pulsegate.ingress.http;

import java.time.Duration;

/// What a listener is made with.
///
/// @param host address or name to listen on
/// @param port 0 takes any free port
/// @param eventLoops threads that serve connections, at least 1
/// @param workers threads that inflate and parse large bodies, at least 1
public record HttpConfig(
    String host, int port, Limits limits, Timeouts timeouts, int eventLoops, int workers) {
  public HttpConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is 0 to 65535, was " + port);
    }
    if (eventLoops < 1 || workers < 1) {
      throw new IllegalArgumentException(
          "a listener has at least one event loop and one worker, was %d and %d"
              .formatted(eventLoops, workers));
    }
  }

  /// The defaults on an address: one event loop and one worker per processor.
  public static HttpConfig of(String host, int port) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new HttpConfig(
        host, port, Limits.DEFAULTS, Timeouts.DEFAULTS, Math.min(processors, 16), processors);
  }

  /// The same with other limits.
  public HttpConfig with(Limits limits) {
    return new HttpConfig(host, port, limits, timeouts, eventLoops, workers);
  }

  /// The same with other timeouts.
  public HttpConfig with(Timeouts timeouts) {
    return new HttpConfig(host, port, limits, timeouts, eventLoops, workers);
  }

  /// How much a client may send.
  ///
  /// @param bodyBytesMax a body as sent
  /// @param inflatedBytesMax a body after inflating
  /// @param inflatedRatioMax inflated bytes per byte sent, looked at above 4 MiB inflated
  /// @param connectionsMax open connections
  /// @param connectionsPerAddressMax open connections of one IPv4 address or IPv6 /64
  /// @param refusalsPerSecondMax requests without a valid credential that one address gets a plain
  ///   answer to; past that it is answered 429 and disconnected
  /// @param headerCountMax headers of a request
  /// @param headerBytesMax all headers of a request
  /// @param lineBytesMax the request line: method, path, query, version
  public record Limits(
      int bodyBytesMax,
      int inflatedBytesMax,
      int inflatedRatioMax,
      int connectionsMax,
      int connectionsPerAddressMax,
      int refusalsPerSecondMax,
      int headerCountMax,
      int headerBytesMax,
      int lineBytesMax) {
    /// 10 MiB as sent, 32 MiB inflated.
    public static final Limits DEFAULTS =
        new Limits(10 << 20, 32 << 20, 200, 16_384, 4_096, 20, 100, 16_384, 8_192);

    public Limits {
      if (bodyBytesMax < 1
          || inflatedBytesMax < 1
          || inflatedRatioMax < 1
          || connectionsMax < 1
          || connectionsPerAddressMax < 1
          || refusalsPerSecondMax < 1
          || headerCountMax < 1
          || headerBytesMax < 1
          || lineBytesMax < 1) {
        throw new IllegalArgumentException("limits of a listener are at least 1");
      }
    }

    /// The same with other sizes of a body.
    public Limits withBodies(int bodyBytesMax, int inflatedBytesMax) {
      return new Limits(
          bodyBytesMax,
          inflatedBytesMax,
          inflatedRatioMax,
          connectionsMax,
          connectionsPerAddressMax,
          refusalsPerSecondMax,
          headerCountMax,
          headerBytesMax,
          lineBytesMax);
    }

    /// The same with other numbers of connections.
    public Limits withConnections(int connectionsMax, int connectionsPerAddressMax) {
      return new Limits(
          bodyBytesMax,
          inflatedBytesMax,
          inflatedRatioMax,
          connectionsMax,
          connectionsPerAddressMax,
          refusalsPerSecondMax,
          headerCountMax,
          headerBytesMax,
          lineBytesMax);
    }
  }

  /// How long a client may take. A deadline is met at most an eighth late.
  ///
  /// @param head from opening a connection to the end of the first request's headers
  /// @param body from the headers of a request to the end of its body
  /// @param idle between two requests, and for taking a reply
  /// @param linger after a refusal that ends the connection: for the client to read it
  public record Timeouts(Duration head, Duration body, Duration idle, Duration linger) {
    /// 10, 30, 75 and 2 seconds.
    public static final Timeouts DEFAULTS =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(2));

    public Timeouts {
      if (shortest(head, body, idle, linger).compareTo(Duration.ofMillis(8)) < 0) {
        throw new IllegalArgumentException("timeouts of a listener are at least 8 ms");
      }
    }

    /// The shortest of them.
    Duration shortest() {
      return shortest(head, body, idle, linger);
    }

    private static Duration shortest(Duration first, Duration... others) {
      Duration shortest = first;
      for (Duration other : others) {
        shortest = other.compareTo(shortest) < 0 ? other : shortest;
      }
      return shortest;
    }
  }
}
