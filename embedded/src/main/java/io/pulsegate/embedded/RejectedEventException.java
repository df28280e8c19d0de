package io.pulsegate.embedded;

/// Says that an event will never be taken, whatever is tried: it becomes a dead letter.
public final class RejectedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  /// @param code stable, for machines
  /// @param reason for a person, without the event's content
  public RejectedEventException(String code, String reason) {
    super(reason);
    this.code = code;
  }

  /// For machines.
  public String code() {
    return code;
  }
}
