package io.pulsegate.dialects.kaasino;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Refusal;
import io.pulsegate.dialects.common.Extension;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.Fields.Fault;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.dialects.common.TakenReply;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the array of events of one request. Used for one request.
///
/// An event is the object as it was sent, with the site's id as `site_id` where it does not name
/// one itself. Its type is `event_type`; where that is missing, what it measures tells: a
/// `service_name` makes an `api_metric`, a `psp_name` a `psp_metric`, a `metric_name` a
/// `web_vital`. The fields of these three have fixed kinds.
final class EventsReader {
  private static final byte[] NO_BYTES = {};
  private static final byte[] SITE_NAME = "\"site_id\":".getBytes(StandardCharsets.US_ASCII);

  private static final int TYPE = 0;
  private static final int ID = 1;
  private static final int TIME = 2;
  private static final int SESSION = 3;
  private static final int SITE = 4;

  /// The fields with fixed kinds come behind these five.
  private static final List<String> ENVELOPE =
      List.of("event_type", "event_id", "time", "session_id", "site_id");

  private static final List<String> TEXTS =
      List.of(
          "service_name",
          "psp_name",
          "metric_name",
          "endpoint",
          "method",
          "player_id",
          "operation",
          "transaction_id",
          "currency",
          "page_path");
  private static final List<String> NUMBERS =
      List.of("duration_ms", "status_code", "amount", "lcp_ms");
  private static final int FIRST_TEXT = ENVELOPE.size();
  private static final int FIRST_NUMBER = FIRST_TEXT + TEXTS.size();
  private static final int STATUS_CODE = FIRST_NUMBER + NUMBERS.indexOf("status_code");
  private static final int SUCCESS = FIRST_NUMBER + NUMBERS.size();
  private static final List<String> NAMES = names();

  /// Which field makes which type where an event names none.
  private static final Map<Integer, byte[]> TYPE_OF =
      Map.of(
          FIRST_TEXT,
          "api_metric".getBytes(StandardCharsets.US_ASCII),
          FIRST_TEXT + 1,
          "psp_metric".getBytes(StandardCharsets.US_ASCII),
          FIRST_TEXT + 2,
          "web_vital".getBytes(StandardCharsets.US_ASCII));

  private final JsonScanner scanner;
  private final byte[] body;
  private final byte[] site;
  private final EventWriter out;
  private final int eventsMax;
  private final Fields fields = new Fields(NAMES);
  private final Extension extension = new Extension();
  private final EventDraft draft = new EventDraft();
  private final List<Refusal> refusals = new ArrayList<>(0);
  private int total;

  /// @param scanner at the array
  /// @param site empty where none is named
  EventsReader(JsonScanner scanner, byte[] body, String site, EventWriter out, int eventsMax) {
    this.scanner = scanner;
    this.body = body;
    this.site = site.isEmpty() ? NO_BYTES : new JsonWriter(64).value(site).toByteArray();
    this.out = out;
    this.eventsMax = eventsMax;
  }

  private static List<String> names() {
    var names = new ArrayList<>(ENVELOPE);
    names.addAll(TEXTS);
    names.addAll(NUMBERS);
    names.add("success");
    return names;
  }

  /// Reads the array at the cursor, up to the first event that is one too many.
  void read() {
    scanner.enterArray();
    while (total <= eventsMax && scanner.nextElement()) {
      if (total < eventsMax) {
        readEvent(total).ifPresent(refusals::add);
      }
      total++;
    }
  }

  Parsed result() {
    if (total > eventsMax) {
      return new Parsed.Malformed(
          Code.TOO_MANY_EVENTS, "the request holds more than %d events".formatted(eventsMax));
    }
    return total == 0
        ? new Parsed.Malformed(Code.EMPTY_REQUEST, "the request holds no event")
        : new Parsed.Events(total, refusals, new TakenReply(total, refusals));
  }

  private Optional<Refusal> readEvent(int index) {
    JsonKind kind = scanner.peek();
    if (kind != JsonKind.OBJECT) {
      scanner.skipValue();
      return Optional.of(
          new Refusal(
              index,
              Code.EXPECTED_OBJECT,
              "an event is an object, not " + JsonFaults.described(kind)));
    }
    fields.read(scanner, body);
    Optional<Fault> fault = fault();
    if (fault.isPresent()) {
      return Optional.of(fault.get().at(index));
    }
    draft.begin(body, fields.start(), fields.end());
    draft.flags(JsonFaults.eventFlags(fields.flags()));
    giveType();
    fields.giveText(ID, draft::id);
    fields.giveText(SESSION, draft::partitionKey);
    fields.giveTime(TIME, draft);
    if (site.length > 0 && !fields.has(SITE)) {
      extension.begin(body, fields.start(), fields.end());
      extension.add(SITE_NAME, site, 0, site.length);
      extension.end();
      draft.payload(extension.bytes(), 0, extension.length());
    }
    return out.add(draft, index);
  }

  private void giveType() {
    if (fields.has(TYPE)) {
      fields.giveText(TYPE, draft::type);
      return;
    }
    for (int field = FIRST_TEXT; field < FIRST_TEXT + TYPE_OF.size(); field++) {
      if (fields.has(field)) {
        byte[] type = TYPE_OF.getOrDefault(field, NO_BYTES);
        draft.type(type, 0, type.length);
        return;
      }
    }
  }

  private Optional<Fault> fault() {
    Optional<Fault> fault = fields.doubled();
    for (int field = 0; field < NAMES.size() && fault.isEmpty(); field++) {
      if (field != TIME) {
        fault = kindFault(field);
      }
    }
    return fault;
  }

  private Optional<Fault> kindFault(int field) {
    if (!fields.has(field)) {
      return Optional.empty();
    }
    if (field == SUCCESS) {
      return fields.kind(field) == JsonKind.TRUE || fields.kind(field) == JsonKind.FALSE
          ? Optional.empty()
          : fields.wrongKind(field, JsonKind.TRUE);
    }
    if (field < FIRST_NUMBER) {
      return fields.wrongKind(field, JsonKind.STRING);
    }
    Optional<Fault> fault = fields.wrongKind(field, JsonKind.NUMBER);
    return fault.isEmpty() && field == STATUS_CODE && !isWhole(field)
        ? Optional.of(new Fault(Code.INVALID_FIELD, "status_code must be a whole number"))
        : fault;
  }

  private boolean isWhole(int field) {
    for (int i = fields.start(field); i < fields.end(field); i++) {
      if ((body[i] < '0' || body[i] > '9') && body[i] != '-') {
        return false;
      }
    }
    return true;
  }
}
