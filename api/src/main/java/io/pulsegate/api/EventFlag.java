package io.pulsegate.api;

/// Bits of an event's flags in the index of an [EventBlock]. Stored in the log: append only.
public final class EventFlag {
  /// Decided by the log's drainer to be a duplicate: takes an offset, is delivered to nobody.
  public static final int DUPLICATE = 1;

  /// The event brought no id; this one was made at intake and is not deduplicated by.
  public static final int ID_MADE = 1 << 1;

  /// The event brought no time, or one that cannot be; `occurred_at` is the time of intake.
  public static final int TIME_MADE = 1 << 2;

  /// The payload holds the escape `\u0000`, which PostgreSQL refuses.
  public static final int HAS_NUL = 1 << 3;

  /// The payload holds an unpaired surrogate escape, which is no text in UTF-8.
  public static final int LONE_SURROGATE = 1 << 4;

  /// The payload holds a number outside PostgreSQL's `numeric`.
  public static final int BIG_NUMBER = 1 << 5;

  /// Any of the flags for what some destinations refuse.
  public static final int NEEDS_REPAIR = HAS_NUL | LONE_SURROGATE | BIG_NUMBER;

  private EventFlag() {}
}
