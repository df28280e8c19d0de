package io.pulsegate.ingress.http;

/// A listener could not be opened; the text names the address and the cause.
public final class ListenException extends RuntimeException {
  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
