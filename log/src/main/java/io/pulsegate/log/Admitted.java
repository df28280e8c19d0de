package io.pulsegate.log;

/// What an append adds to the running totals of its lane.
///
/// @param entries live entries, 0 to the append's count; 0 means that nothing is stored
/// @param bytes live bytes, in the caller's measure
public record Admitted(int entries, long bytes) {
  public static final Admitted NOTHING = new Admitted(0, 0);

  public Admitted {
    if (entries < 0 || bytes < 0) {
      throw new IllegalArgumentException("negative totals: " + entries + " entries, " + bytes);
    }
  }
}
