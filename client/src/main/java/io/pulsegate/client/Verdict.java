package io.pulsegate.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a reply means for the events of its request.
sealed interface Verdict {
  /// The server has decided on each event.
  ///
  /// @param rejected those it will not take; the others are safe
  record Decided(int duplicates, List<Rejected> rejected) implements Verdict {}

  /// One event that the server will not take.
  record Rejected(int index, String code, String reason) {}

  /// The server will not take this request, because of what is in it or how much.
  record Unacceptable(String code, String reason) implements Verdict {}

  /// Somebody between here and the server will not let so much through: less may pass.
  ///
  /// @param alone what it means where the request holds a single event
  record TooMuch(Later alone) implements Verdict {}

  /// Nothing is known to be taken; the same request is to come again.
  ///
  /// @param retryAfter what the server asks for
  /// @param needsPerson whether time alone will not mend it
  record Later(Optional<Duration> retryAfter, boolean needsPerson, String reason)
      implements Verdict {}

  /// Reads a reply to a request of so many events.
  ///
  /// A 2xx counts only where it is PulseGate's own and accounts for every event, and a refusal only
  /// where it is PulseGate's own: a page of a captive portal, a proxy or the wrong server neither
  /// acknowledges events nor ends them.
  static Verdict of(Answer answer, int events, InstantSource clock) {
    int status = answer.status();
    return switch (status) {
      case 422 -> decided(answer, events).orElseGet(() -> notOurs(answer, clock));
      case 400 -> isOurs(error(answer)) ? unacceptable(error(answer)) : notOurs(answer, clock);
      case 413 ->
          isOurs(error(answer)) ? unacceptable(error(answer)) : new TooMuch(notOurs(answer, clock));
      case 408, 425, 429 -> later(answer, false, clock);
      default ->
          status >= 200 && status < 300
              ? decided(answer, events).orElseGet(() -> notOurs(answer, clock))
              : later(answer, status < 500, clock);
    };
  }

  private static Optional<Verdict> decided(Answer answer, int events) {
    Optional<Map<String, @Nullable Object>> reply = JsonReader.object(answer.body());
    if (reply.isEmpty()
        || !(reply.get().get("accepted") instanceof Double accepted)
        || !(reply.get().get("duplicates") instanceof Double duplicates)
        || !(reply.get().get("rejected") instanceof List<?> entries)) {
      return Optional.empty();
    }
    List<Rejected> rejected = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (Object entry : entries) {
      if (!(entry instanceof Map<?, ?> fields)
          || !(fields.get("index") instanceof Double index)
          || index < 0
          || index >= events
          || !seen.add(index.intValue())) {
        return Optional.empty();
      }
      rejected.add(new Rejected(index.intValue(), text(fields, "code"), text(fields, "reason")));
    }
    boolean addsUp = accepted + duplicates + rejected.size() == events;
    return addsUp ? Optional.of(new Decided(duplicates.intValue(), rejected)) : Optional.empty();
  }

  /// Every dialect answers `{"error":{"code":…,"message":…}}`, with a code in small letters.
  private static boolean isOurs(Map<?, ?> error) {
    return text(error, "code").matches("[a-z][a-z0-9_]*") && error.get("message") instanceof String;
  }

  private static Verdict unacceptable(Map<?, ?> error) {
    return new Unacceptable(text(error, "code"), text(error, "message"));
  }

  private static Later notOurs(Answer answer, InstantSource clock) {
    return new Later(
        retryAfter(answer, clock),
        true,
        "status %d, but the reply is not one of a PulseGate: is the address right, or does a proxy"
                .formatted(answer.status())
            + " answer?");
  }

  private static Verdict later(Answer answer, boolean needsPerson, InstantSource clock) {
    Map<?, ?> error = error(answer);
    String said = (text(error, "code") + " " + text(error, "message")).strip();
    return new Later(
        retryAfter(answer, clock),
        needsPerson,
        "status " + answer.status() + (said.isEmpty() ? "" : ", " + said));
  }

  private static Map<?, ?> error(Answer answer) {
    return JsonReader.object(answer.body())
        .map(reply -> reply.get("error") instanceof Map<?, ?> error ? error : Map.of())
        .orElse(Map.of());
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }

  /// RFC 9110, section 10.2.3: seconds, or a date, which is measured by the server's own clock
  /// where it tells it, as this machine's may be wrong.
  private static Optional<Duration> retryAfter(Answer answer, InstantSource clock) {
    if (answer.retryAfter().isEmpty()) {
      return Optional.empty();
    }
    String text = answer.retryAfter().get().strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    Instant now = answer.date().flatMap(Verdict::date).orElseGet(clock::instant);
    return date(text).map(when -> Duration.between(now, when)).filter(wait -> !wait.isNegative());
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException notADate) {
      return Optional.empty();
    }
  }
}
