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

  /// Nothing is known to be taken; the same request is to come again.
  ///
  /// @param retryAfter what the server asks for
  /// @param needsPerson whether time alone will not mend it
  record Later(Optional<Duration> retryAfter, boolean needsPerson, String reason)
      implements Verdict {}

  /// Reads a reply to a request of so many events.
  ///
  /// A 2xx counts only where it is PulseGate's own and accounts for every event: a page of a
  /// captive portal, or of the wrong server, acknowledges nothing.
  static Verdict of(Answer answer, int events, InstantSource clock) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      Optional<Verdict> decided = decided(answer, events);
      return decided.orElseGet(() ->
          new Later(
              Optional.empty(),
              true,
              "status %d, but the reply is not that of a PulseGate: is the address right?"
                  .formatted(status)));
    }
    return switch (status) {
      case 422 -> decided(answer, events).orElseGet(() -> unacceptable(answer));
      case 400, 413 -> unacceptable(answer);
      case 408, 425, 429 -> later(answer, false, clock);
      default -> later(answer, status < 500, clock);
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

  private static Verdict unacceptable(Answer answer) {
    Map<?, ?> error = error(answer);
    String message = text(error, "message");
    return new Unacceptable(
        text(error, "code"), message.isEmpty() ? "status " + answer.status() : message);
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
