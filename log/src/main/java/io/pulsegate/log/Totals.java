package io.pulsegate.log;

/// Running totals of live entries and bytes since the log was created. Lag is a subtraction of two.
public record Totals(long entries, long bytes) {
  public static final Totals ZERO = new Totals(0, 0);

  public Totals plus(Admitted live) {
    return new Totals(entries + live.entries(), bytes + live.bytes());
  }

  public Totals minus(Totals other) {
    return new Totals(entries - other.entries, bytes - other.bytes);
  }
}
