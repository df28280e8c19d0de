package io.pulsegate.ingress.http;

/// Where an exchange is counted and logged.
interface Recorder {
  /// A reply is about to be sent.
  void replied(Exchange exchange, int status, long nanos);

  /// A request ended without its outcome: `gone` or `timeout`.
  void aborted(String reason);
}
