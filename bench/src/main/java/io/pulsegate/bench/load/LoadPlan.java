package io.pulsegate.bench.load;

import java.time.Duration;

/// One run of the load generator.
///
/// @param eventsPerSecond open loop at this rate; 0 means closed loop
/// @param connections kept open, each with at most one request under way
/// @param threads of the client; the connections are dealt out among them
/// @param eventsMax ends the run after so many events; [Long#MAX_VALUE] for no such limit
/// @param time ends the run after this time
/// @param retry whether refused and failed requests are sent again with the same ids
/// @param timeout longest wait for one reply
/// @param drain how long after the end replies and retries are still waited for
public record LoadPlan(
    Target target,
    Payload payload,
    double eventsPerSecond,
    int connections,
    int threads,
    long eventsMax,
    Duration time,
    boolean retry,
    Duration timeout,
    Duration drain) {
  public LoadPlan {
    if (eventsPerSecond < 0 || Double.isNaN(eventsPerSecond)) {
      throw new IllegalArgumentException("rate must not be negative, was " + eventsPerSecond);
    }
    if (connections < 1 || connections > 50_000) {
      throw new IllegalArgumentException("connections must be 1 to 50,000, was " + connections);
    }
    if (threads < 1 || threads > connections) {
      throw new IllegalArgumentException(
          "threads must be 1 to the number of connections, was " + threads);
    }
    if (eventsMax < 1) {
      throw new IllegalArgumentException("events must be at least 1, was " + eventsMax);
    }
  }

  /// A closed loop without retries: what benchmarks begin from.
  public static LoadPlan closedLoop(
      Target target, Payload payload, int connections, Duration time) {
    return new LoadPlan(
        target,
        payload,
        0,
        connections,
        1,
        Long.MAX_VALUE,
        time,
        false,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }

  /// The same at a fixed rate, latency counted from the intended time.
  public LoadPlan atRate(double events) {
    return new LoadPlan(
        target, payload, events, connections, threads, eventsMax, time, retry, timeout, drain);
  }

  /// The same until so many events were sent, repeating what is refused.
  public LoadPlan untilAccepted(long events) {
    return new LoadPlan(
        target, payload, eventsPerSecond, connections, threads, events, time, true, timeout, drain);
  }
}
