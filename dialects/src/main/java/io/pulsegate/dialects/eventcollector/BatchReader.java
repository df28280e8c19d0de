package io.pulsegate.dialects.eventcollector;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one body: an array of events, or an object with `events` and optionally `batch_id` and
/// `metadata`. Used for one request.
///
/// Events are handed over where they are met; of a document or an envelope that turns out to be bad
/// behind them nothing is kept. In a good envelope each event stands for itself, and a bad one is
/// discarded.
final class BatchReader {
  private static final List<String> NAMES = List.of("batch_id", "events", "metadata");
  private static final int BATCH_ID = 0;
  private static final int EVENTS = 1;
  private static final int METADATA = 2;
  private static final int BATCH_ID_BYTES_MAX = 256;

  private final Bytes body;
  private final Writers out;
  private final int eventsMax;
  private final JsonScanner scanner;
  private final LearningEvent event = new LearningEvent();
  private final List<Refusal> refusals = new ArrayList<>(0);
  private final List<Discarded> discarded = new ArrayList<>(0);
  private final List<String> taken = new ArrayList<>();
  private Optional<String> batchId = Optional.empty();
  private String firstLearner = "";
  private int total;

  BatchReader(Bytes body, Writers out, int eventsMax, JsonLimits limits) {
    this.body = body;
    this.out = out;
    this.eventsMax = eventsMax;
    this.scanner = new JsonScanner(limits);
  }

  Parsed read() {
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to()) {
        return new Parsed.Malformed(Code.BAD_JSON, "the body is empty");
      }
      return readEnvelope().orElseGet(this::result);
    } catch (JsonException e) {
      return JsonFaults.malformed(scanner, e);
    }
  }

  /// Reads the events; says what is wrong with the request as a whole.
  private Optional<Parsed> readEnvelope() {
    JsonKind kind = scanner.peek();
    if (kind == JsonKind.ARRAY) {
      readEvents();
      scanner.leaveTo(0);
      scanner.end();
      return Optional.empty();
    }
    if (kind != JsonKind.OBJECT) {
      scanner.skipValue();
      scanner.end();
      return malformed("the body is an array of events or {\"events\":[…]}");
    }
    Fields fields = new Fields(NAMES);
    fields.read(scanner, body.array(), EVENTS, this::readEvents);
    scanner.end();
    Optional<Fields.Fault> fault =
        fields
            .doubled()
            .or(() -> fields.wrongKind(METADATA, JsonKind.OBJECT))
            .or(() -> fields.wrongKind(EVENTS, JsonKind.ARRAY))
            .or(() -> batchIdFault(fields));
    if (fault.isPresent()) {
      return malformed(fault.get().reason());
    }
    if (!fields.has(EVENTS)) {
      return Optional.of(new Parsed.Malformed(Code.EMPTY_REQUEST, "events is missing"));
    }
    return Optional.empty();
  }

  private Optional<Fields.Fault> batchIdFault(Fields fields) {
    if (!fields.has(BATCH_ID)) {
      return Optional.empty();
    }
    Optional<Fields.Fault> fault = fields.missingText(BATCH_ID);
    if (fault.isPresent()) {
      return fault;
    }
    String id = fields.string(BATCH_ID);
    if (id.length() > BATCH_ID_BYTES_MAX || id.chars().anyMatch(Character::isISOControl)) {
      return Optional.of(
          new Fields.Fault(
              Code.INVALID_FIELD,
              "batch_id is longer than %d characters or holds control characters"
                  .formatted(BATCH_ID_BYTES_MAX)));
    }
    batchId = Optional.of(id);
    return Optional.empty();
  }

  private static Optional<Parsed> malformed(String reason) {
    return Optional.of(new Parsed.Malformed(Code.BAD_REQUEST, reason));
  }

  /// Reads the array at the cursor, up to the first event that is one too many.
  private void readEvents() {
    scanner.enterArray();
    while (total <= eventsMax && scanner.nextElement()) {
      if (total < eventsMax) {
        readEvent(total);
      }
      total++;
    }
  }

  private Parsed result() {
    if (total > eventsMax) {
      return new Parsed.Malformed(
          Code.TOO_MANY_EVENTS, "a batch holds at most %d events".formatted(eventsMax));
    }
    if (total == 0) {
      return new Parsed.Malformed(Code.EMPTY_REQUEST, "the batch holds no event");
    }
    var reply =
        new BatchReply(
            batchId.orElseGet(out::newId),
            firstLearner,
            taken,
            discarded.stream().map(Discarded::eventId).toList());
    return new Parsed.Events(total, refusals, discarded, reply);
  }

  private void readEvent(int index) {
    JsonKind kind = scanner.peek();
    if (kind != JsonKind.OBJECT) {
      scanner.skipValue();
      Refusal refusal =
          new Refusal(
              index,
              Code.EXPECTED_OBJECT,
              "an event is an object, not " + JsonFaults.described(kind));
      discard(refusal, "", "", scanner.valueStart(), scanner.valueEnd());
      return;
    }
    event.read(scanner, body.array());
    Optional<Refusal> refusal = event.handOver(out, index);
    if (refusal.isPresent()) {
      discard(refusal.get(), event.id(), event.type(), event.start(), event.end());
    } else {
      if (taken.isEmpty()) {
        firstLearner = event.learner();
      }
      taken.add(event.id());
    }
  }

  private void discard(Refusal refusal, String id, String type, int start, int end) {
    refusals.add(refusal);
    discarded.add(
        new Discarded(
            id.isEmpty() ? out.newId() : id, type, new Bytes(body.array(), start, end), refusal));
  }
}
