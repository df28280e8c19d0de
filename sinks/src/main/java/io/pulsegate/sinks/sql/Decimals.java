package io.pulsegate.sinks.sql;

import java.math.BigDecimal;

/// How many digits a database's `numeric` keeps exactly.
///
/// @param whole before the point
/// @param fraction behind it
public record Decimals(int whole, int fraction) {
  /// Any number that the front door does not flag as large.
  public static final Decimals ANY = new Decimals(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /// Whether a number is kept as it is; zeros at its end do not count.
  boolean hold(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.signum() == 0
        || ((long) shortest.precision() - shortest.scale() <= whole
            && shortest.scale() <= fraction);
  }

  /// Whether every number with that many digits is.
  boolean hold(int wholeDigits, int fractionDigits) {
    return wholeDigits <= whole && fractionDigits <= fraction;
  }
}
