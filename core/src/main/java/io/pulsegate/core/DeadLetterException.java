package io.pulsegate.core;

/// Dead letters could not be kept. Nothing is lost by it: the lane waits, and they come again.
public final class DeadLetterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeadLetterException(String message, Throwable cause) {
    super(message, cause);
  }

  public DeadLetterException(String message) {
    super(message);
  }
}
