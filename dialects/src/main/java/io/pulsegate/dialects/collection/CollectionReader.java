package io.pulsegate.dialects.collection;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Refusal;
import io.pulsegate.dialects.common.Extension;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.Fields.Fault;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one body. Used for one request.
///
/// A batch is an event itself, stored behind those in it; in its payload `events` holds their
/// number. The events in it inherit `sessionId`, `visitorId`, `siteId` and `timestamp` where they
/// have none: the fields are added behind their own. A single event is the object as it was sent.
final class CollectionReader {
  static final List<String> NAMES =
      List.of("eventType", "siteId", "sessionId", "visitorId", "timestamp", "eventId", "events");
  static final int SITE = 1;
  private static final int TYPE = 0;
  private static final int SESSION = 2;
  private static final int VISITOR = 3;
  private static final int TIME = 4;
  private static final int ID = 5;
  private static final int EVENTS = 6;
  private static final int[] INHERITED = {SESSION, VISITOR, SITE, TIME};
  private static final String BATCH = "batch";

  /// The names as they stand in JSON.
  private static final byte[][] QUOTED =
      NAMES.stream()
          .map(name -> ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII))
          .toArray(byte[][]::new);

  private final Bytes body;
  private final EventWriter out;
  private final int eventsMax;
  private final JsonScanner scanner;
  private final Fields outer = new Fields(NAMES);
  private final Fields inner = new Fields(NAMES);
  private final Extension extension = new Extension();
  private final EventDraft draft = new EventDraft();
  private final List<Refusal> refusals = new ArrayList<>(0);

  /// Events in the batch.
  private int count;

  /// What of the batch stood before its events; 0 where they were not read yet.
  private int seenBefore;

  CollectionReader(Bytes body, EventWriter out, int eventsMax, JsonScanner scanner) {
    this.body = body;
    this.out = out;
    this.eventsMax = eventsMax;
    this.scanner = scanner;
  }

  Parsed read() {
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to()) {
        return new Parsed.Malformed(Code.EMPTY_REQUEST, "the body is empty");
      }
      if (scanner.peek() != JsonKind.OBJECT) {
        scanner.skipValue();
        scanner.end();
        return new Parsed.Malformed(Code.EXPECTED_OBJECT, "the body is one event, an object");
      }
      outer.read(scanner, body.array(), EVENTS, this::readWhereMet);
      scanner.end();
      return result();
    } catch (JsonException e) {
      return JsonFaults.malformed(scanner, e);
    }
  }

  private Parsed result() {
    Optional<Fault> fault = fault(outer).or(() -> outer.missingText(SITE));
    if (fault.isPresent()) {
      return new Parsed.Malformed(fault.get().code(), fault.get().reason());
    }
    return outer.string(TYPE).equals(BATCH) ? readBatch() : readSingle();
  }

  /// Reads the events of a batch that is known to be one by then. Should anything that they inherit
  /// follow, they are read again.
  private void readWhereMet() {
    if (outer.string(TYPE).equals(BATCH)) {
      seenBefore = outer.seen();
      readEvents();
    }
  }

  private Parsed readSingle() {
    draft.begin(body.array(), outer.start(), outer.end());
    give(outer, outer);
    Optional<Refusal> refusal = out.add(draft, 0);
    return refusal
        .<Parsed>map(refused -> new Parsed.Malformed(refused.code(), refused.reason()))
        .orElseGet(() -> new Parsed.Events(1, List.of(), new CollectionReply(1, List.of())));
  }

  private Parsed readBatch() {
    if (outer.kind(EVENTS) != JsonKind.ARRAY) {
      return new Parsed.Malformed(Code.INVALID_FIELD, "events of a batch must be an array");
    }
    if (outer.seen() != (seenBefore | 1 << EVENTS)) {
      out.restart();
      refusals.clear();
      scanner.reset(body.array(), outer.start(EVENTS), outer.end(EVENTS));
      readEvents();
    }
    if (count == 0) {
      return new Parsed.Malformed(Code.EMPTY_REQUEST, "the batch holds no event");
    }
    if (count >= eventsMax) {
      return new Parsed.Malformed(
          Code.TOO_MANY_EVENTS,
          "a batch and its events are more than %d events".formatted(eventsMax));
    }
    addWrapper();
    return new Parsed.Events(count + 1, refusals, new CollectionReply(count + 1, refusals));
  }

  /// Reads the array at the cursor, up to the first event that is one too many.
  private void readEvents() {
    count = 0;
    scanner.enterArray();
    while (count < eventsMax && scanner.nextElement()) {
      count++;
      if (count < eventsMax) {
        readInner(count).ifPresent(refusals::add);
      }
    }
  }

  private void addWrapper() {
    byte[] number = Integer.toString(count).getBytes(StandardCharsets.US_ASCII);
    int before = outer.start(EVENTS) - outer.start();
    int behind = outer.end() - outer.end(EVENTS);
    byte[] payload = new byte[before + number.length + behind];
    System.arraycopy(body.array(), outer.start(), payload, 0, before);
    System.arraycopy(number, 0, payload, before, number.length);
    System.arraycopy(body.array(), outer.end(EVENTS), payload, before + number.length, behind);
    draft.begin(payload, 0, payload.length);
    give(outer, outer);
    // Refusals are told in the order of the request, where the batch comes first.
    out.add(draft, 0).ifPresent(refusals::addFirst);
  }

  private Optional<Refusal> readInner(int index) {
    JsonKind kind = scanner.peek();
    if (kind != JsonKind.OBJECT) {
      scanner.skipValue();
      return Optional.of(
          new Refusal(
              index,
              Code.EXPECTED_OBJECT,
              "an event is an object, not " + JsonFaults.described(kind)));
    }
    inner.read(scanner, body.array());
    Optional<Fault> fault = fault(inner);
    if (fault.isPresent()) {
      return Optional.of(fault.get().at(index));
    }
    extension.begin(body.array(), inner.start(), inner.end());
    for (int field : INHERITED) {
      if (outer.has(field) && !inner.has(field)) {
        extension.add(QUOTED[field], body.array(), outer.start(field), outer.end(field));
      }
    }
    extension.end();
    draft.begin(extension.bytes(), 0, extension.length());
    give(inner, inner.has(TIME) ? inner : outer);
    return out.add(draft, index);
  }

  private void give(Fields fields, Fields time) {
    draft.flags(JsonFaults.eventFlags(fields.flags() | outer.flags()));
    fields.giveText(TYPE, draft::type);
    fields.giveText(ID, draft::id);
    (fields.has(SESSION) ? fields : outer).giveText(SESSION, draft::partitionKey);
    time.giveTime(TIME, draft);
  }

  private static Optional<Fault> fault(Fields fields) {
    return fields
        .doubled()
        .or(() -> fields.missingText(TYPE))
        .or(() -> fields.wrongKind(SITE, JsonKind.STRING))
        .or(() -> fields.wrongKind(SESSION, JsonKind.STRING))
        .or(() -> fields.wrongKind(VISITOR, JsonKind.STRING))
        .or(() -> fields.wrongKind(ID, JsonKind.STRING))
        .or(() -> timeFault(fields));
  }

  private static Optional<Fault> timeFault(Fields fields) {
    return fields.has(TIME)
            && fields.kind(TIME) != JsonKind.STRING
            && fields.kind(TIME) != JsonKind.NUMBER
        ? fields.wrongKind(TIME, JsonKind.STRING)
        : Optional.empty();
  }
}
