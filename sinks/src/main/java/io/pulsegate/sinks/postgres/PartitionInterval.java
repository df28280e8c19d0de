package io.pulsegate.sinks.postgres;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// How long a stretch of time one partition holds, in UTC.
enum PartitionInterval {
  DAY("yyyyMMdd"),
  MONTH("yyyyMM"),
  /// All of it: the table has no partitions. A hypertable has chunks of a month all the same.
  NONE("yyyyMM");

  private final DateTimeFormatter suffix;

  PartitionInterval(String suffix) {
    this.suffix = DateTimeFormatter.ofPattern(suffix, Locale.ROOT);
  }

  /// First day of the partition that holds an instant.
  LocalDate startOf(Instant instant) {
    LocalDate day = instant.atOffset(ZoneOffset.UTC).toLocalDate();
    return switch (this) {
      case DAY -> day;
      case MONTH, NONE -> day.withDayOfMonth(1);
    };
  }

  /// First day of the partition behind the one that begins on `start`.
  LocalDate next(LocalDate start) {
    return switch (this) {
      case DAY -> start.plusDays(1);
      case MONTH, NONE -> start.plusMonths(1);
    };
  }

  /// What the partition's name ends in.
  String suffix(LocalDate start) {
    return "_p" + suffix.format(start);
  }
}
