package io.pulsegate.bench.load;

import java.io.IOException;
import java.net.ConnectException;
import java.util.Optional;

/// Short names for what goes wrong on a connection, for the table of errors.
final class NetworkFailure {
  private NetworkFailure() {}

  static String name(IOException e) {
    var message = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    if (e instanceof ConnectException) {
      return message.contains("refused") ? "connection refused" : "cannot connect";
    }
    if (message.contains("reset") || message.contains("Broken pipe")) {
      return "connection reset";
    }
    return message.equals("closed by the server") ? message : "I/O error: " + message;
  }
}
