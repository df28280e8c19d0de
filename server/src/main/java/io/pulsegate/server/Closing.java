package io.pulsegate.server;

import java.util.List;

/// Closes parts that do not depend on each other's success.
final class Closing {
  private Closing() {}

  /// Closes all, in this order. What one of them throws is logged and keeps none from being closed.
  static void all(List<? extends AutoCloseable> parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception | Error e) {
        System.getLogger(Closing.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "a part did not close: " + part.getClass().getSimpleName(),
                e);
      }
    }
  }
}
