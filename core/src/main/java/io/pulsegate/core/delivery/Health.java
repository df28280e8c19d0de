package io.pulsegate.core.delivery;

import io.pulsegate.core.SinkStatus.State;
import java.lang.System.Logger.Level;
import java.util.Optional;

/// How a sink fares, as people see it. Written by the head's thread, read by any.
final class Health {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final String sink;
  private final Signal signal;
  private volatile State state = State.STARTING;
  private volatile String reason = "its cursor is being read";
  private volatile Optional<String> lastError = Optional.empty();

  Health(String sink, Signal signal) {
    this.sink = sink;
    this.signal = signal;
  }

  State state() {
    return state;
  }

  String reason() {
    return reason;
  }

  Optional<String> lastError() {
    return lastError;
  }

  /// Whether nothing is delivered any more before a restart.
  boolean isFinal() {
    return state == State.FENCED || state == State.FAILED;
  }

  void become(State next, String why) {
    reason = why;
    if (state != next) {
      LOGGER.log(Level.INFO, "sink {0} is {1}{2}", sink, next, why.isEmpty() ? "" : ": " + why);
      state = next;
      signal.send();
    }
  }

  /// Keeps an error, and logs it where it is another one than before.
  void note(String error) {
    if (lastError.isEmpty() || !lastError.get().equals(error)) {
      LOGGER.log(Level.WARNING, "sink {0}: {1}", sink, error);
    }
    lastError = Optional.of(error);
  }

  /// Keeps an error that is logged already.
  void keep(String error) {
    lastError = Optional.of(error);
  }
}
