package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Refusal;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonFault;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonLocation;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the events in one body and has [EventReader] read them. Used for one request.
///
/// A fault in a JSON document ends it: nothing behind it can be read, so nothing before it is kept.
/// A fault in a line of NDJSON is that line's alone.
final class BodyReader {
  private static final JsonNames ENVELOPE = JsonNames.of("events", "event_type", "tenant_id");

  private final Bytes body;
  private final RequestKeys keys;
  private final EventWriter out;
  private final int eventsMax;
  private final JsonScanner scanner;
  private final EventReader event;
  private final List<Refusal> refusals = new ArrayList<>(0);
  private int total;

  /// Set where the request cannot be taken as a whole, although it can be read.
  private Optional<Parsed.Malformed> fault = Optional.empty();

  BodyReader(Bytes body, RequestKeys keys, EventWriter out, int eventsMax, JsonLimits limits) {
    this.body = body;
    this.keys = keys;
    this.out = out;
    this.eventsMax = eventsMax;
    this.scanner = new JsonScanner(limits);
    this.event = new EventReader(scanner, body.array(), keys, out);
  }

  /// One event, an array of events, or an object around such an array.
  Parsed readDocument() {
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to()) {
        return result();
      }
      JsonKind kind = scanner.peek();
      if (kind == JsonKind.ARRAY) {
        readElements();
      } else if (kind == JsonKind.OBJECT) {
        readObject();
      } else {
        scanner.skipValue();
        refuse(
            Code.EXPECTED_OBJECT, "the body is an event, an array of events or {\"events\":[…]}");
      }
      if (fault.isEmpty()) {
        scanner.end();
      }
      return result();
    } catch (JsonException e) {
      JsonLocation place = scanner.locate(e.offsetBytes());
      return new Parsed.Malformed(
          JsonFaults.codeOf(e.fault()),
          "%s, line %d, column %d%s"
              .formatted(e.getMessage(), place.line(), place.column(), hint(e.fault())));
    }
  }

  /// One event per line; blank lines count for nothing.
  Parsed readLines() {
    byte[] bytes = body.array();
    int line = 0;
    for (int from = body.from(); from < body.to() && fault.isEmpty(); ) {
      int to = lineEnd(bytes, from);
      line++;
      if (!isBlank(bytes, from, to) && hasRoom()) {
        readLine(from, to, line);
      }
      from = to + 1;
    }
    return result();
  }

  private int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < body.to() && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      if (bytes[at] != ' ' && bytes[at] != '\t' && bytes[at] != '\r') {
        return false;
      }
    }
    return true;
  }

  private void readLine(int from, int to, int line) {
    int index = total++;
    try {
      scanner.reset(body.array(), from, to);
      Optional<Refusal> refusal = readValue(index);
      scanner.end(); // before the event is handed over: the line may go on behind it
      keep(refusal.isPresent() ? refusal : event.handOver(index));
    } catch (JsonException e) {
      refusals.add(
          new Refusal(
              index, JsonFaults.codeOf(e.fault()), "line %d: %s".formatted(line, e.getMessage())));
    }
  }

  /// An object is an envelope where it has an array `events` and no `event_type`, in whatever
  /// order, else it is an event. The events of an envelope are read where they are met; should an
  /// `event_type` follow, they are forgotten.
  private void readObject() {
    boolean envelope = false;
    Optional<JsonKind> notArray = Optional.empty();
    scanner.enterObject();
    while (scanner.nextField()) {
      switch (scanner.fieldIn(ENVELOPE)) {
        case 0 -> {
          if (scanner.peek() == JsonKind.ARRAY) {
            if (envelope) {
              refuse(Code.DUPLICATE_FIELD, "events stands twice in the request");
            } else {
              envelope = true;
              readElements();
              scanner.leaveTo(1);
            }
          } else {
            notArray = Optional.of(scanner.peek());
          }
        }
        case 1 -> {
          readSingle();
          return;
        }
        case 2 -> checkTenant();
        default -> {} // skipped by the next step
      }
    }
    if (!envelope && notArray.isPresent()) {
      refuse(
          Code.INVALID_FIELD,
          "events must be an array of events, not %s; a single event needs an event_type"
              .formatted(JsonFaults.described(notArray.get())));
    } else if (!envelope) {
      readSingle();
    }
  }

  private void checkTenant() {
    JsonKind kind = scanner.skipValue();
    boolean same =
        kind == JsonKind.NULL
            || (kind == JsonKind.STRING && scanner.text().equals(out.tenant().value()));
    if (!same) {
      refuse(Code.TENANT_MISMATCH, EventReader.tenantMismatch(out.tenant()));
    }
  }

  private void readSingle() {
    fault = Optional.empty();
    refusals.clear();
    total = 0;
    out.restart();
    scanner.reset(body.array(), body.from(), body.to());
    readEvent();
  }

  /// Reads the array at the cursor, up to the first fault of the request as a whole.
  private void readElements() {
    scanner.enterArray();
    while (fault.isEmpty() && scanner.nextElement()) {
      if (hasRoom()) {
        readEvent();
      }
    }
  }

  private void readEvent() {
    int index = total++;
    Optional<Refusal> refusal = readValue(index);
    keep(refusal.isPresent() ? refusal : event.handOver(index));
  }

  private Optional<Refusal> readValue(int index) {
    JsonKind kind = scanner.peek();
    if (kind == JsonKind.OBJECT) {
      return event.read(index);
    }
    scanner.skipValue();
    return Optional.of(
        new Refusal(
            index,
            Code.EXPECTED_OBJECT,
            "an event is a JSON object, not " + JsonFaults.described(kind)));
  }

  private void keep(Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      refusals.add(refusal.get());
    }
  }

  /// Whether the request may hold one more event.
  private boolean hasRoom() {
    if (total == eventsMax) {
      refuse(Code.TOO_MANY_EVENTS, "the request holds more than %d events".formatted(eventsMax));
    } else if (total == 1 && keys.idempotencyKey().isPresent()) {
      refuse(
          Code.BAD_REQUEST,
          RequestKeys.IDEMPOTENCY_KEY
              + " is for a request of one event; put an idempotency_key into each event instead");
    }
    return fault.isEmpty();
  }

  private void refuse(Code code, String reason) {
    if (fault.isEmpty()) {
      fault = Optional.of(new Parsed.Malformed(code, reason));
    }
  }

  private Parsed result() {
    if (fault.isPresent()) {
      return fault.get();
    }
    return total == 0
        ? new Parsed.Malformed(Code.EMPTY_REQUEST, "the request holds no event")
        : events(total, refusals);
  }

  /// The events of a request that was understood, with the native answer.
  static Parsed.Events events(int total, List<Refusal> refusals) {
    List<Refusal> told = List.copyOf(refusals);
    return new Parsed.Events(total, told, (outcome, served) -> Replies.of(total, told, outcome));
  }

  private static String hint(JsonFault fault) {
    return fault == JsonFault.TRAILING_BYTES
        ? "; send several events as an array, or one per line as application/x-ndjson"
        : "";
  }
}
