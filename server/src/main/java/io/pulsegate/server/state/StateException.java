package io.pulsegate.server.state;

/// The state store cannot be used now; nothing was changed. The text is for a person.
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
