package io.pulsegate.sinks.webhook;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// What a reply means for the message.
sealed interface Verdict {
  /// The endpoint has it.
  record Taken() implements Verdict {}

  /// The endpoint will not take it for what is in it.
  record Refused(String code, String reason) implements Verdict {}

  /// The endpoint cannot take anything now.
  record Failed(Unavailable unavailable) implements Verdict {}

  /// Longest wait that an endpoint can ask for.
  Duration RETRY_AFTER_MAX = Duration.ofDays(1);

  /// Reads a reply. A redirect is not followed: it could lead where the guard does not look.
  static Verdict of(HttpReply reply, Instant now) {
    int status = reply.status();
    return switch (status) {
      case 400, 413, 422 ->
          new Refused(Integer.toString(status), "the endpoint answered " + status);
      case 408, 425, 429 -> outage(reply, now);
      default -> {
        if (status < 300) {
          yield new Taken();
        }
        yield status >= 500
            ? outage(reply, now)
            : new Failed(
                new Unavailable(
                    Cause.MISCONFIGURED,
                    status < 400
                        ? "the endpoint answered %d; redirects are not followed, set the address it leads to"
                            .formatted(status)
                        : "the endpoint answered %d; see its address and the credentials"
                            .formatted(status),
                    Optional.empty()));
      }
    };
  }

  private static Verdict outage(HttpReply reply, Instant now) {
    return new Failed(
        new Unavailable(
            Cause.OUTAGE,
            "the endpoint answered " + reply.status(),
            reply.header("retry-after").flatMap(text -> retryAfter(text, now))));
  }

  /// Seconds or a date (RFC 9110, section 10.2.3), up to [#RETRY_AFTER_MAX].
  static Optional<Duration> retryAfter(String text, Instant now) {
    Optional<Duration> wait = Optional.empty();
    if (text.matches("\\d{1,9}")) {
      wait = Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    } else {
      try {
        var format = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);
        wait = Optional.of(Duration.between(now, format.parse(text, Instant::from)));
      } catch (DateTimeException notADate) {
        // As if it were not there.
      }
    }
    return wait.filter(Duration::isPositive)
        .map(it -> it.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : it);
  }
}
