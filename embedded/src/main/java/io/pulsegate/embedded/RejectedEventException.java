package io.pulsegate.embedded;

import java.util.Objects;

/// Says that an event will never be taken, whatever is tried: it becomes a dead letter.
public final class RejectedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  /// @param code stable, for machines; not empty
  /// @param reason for a person, without the event's content
  /// @throws NullPointerException where one of them is null
  /// @throws IllegalArgumentException where the code is empty
  public RejectedEventException(String code, String reason) {
    super(Objects.requireNonNull(reason, "the reason of a rejection must not be null"));
    Objects.requireNonNull(code, "the code of a rejection must not be null");
    if (code.isBlank()) {
      throw new IllegalArgumentException("the code of a rejection must not be empty");
    }
    this.code = code;
  }

  /// For machines.
  public String code() {
    return code;
  }
}
