package io.pulsegate.dialects.eventcollector;

import io.pulsegate.api.Code;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Timestamps;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.Fields.Fault;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One event: the schema of S2-14, and what becomes of its fields. Ids are any text, as in the
/// system's own examples; `tenant_id`, `priority` and `metadata` may be absent. Unknown fields are
/// kept: the object as it was sent is the payload.
final class LearningEvent {
  private static final List<String> NAMES =
      List.of(
          "event_id",
          "learner_id",
          "tenant_id",
          "event_type",
          "priority",
          "timestamp",
          "source_service",
          "event_data",
          "metadata");
  private static final int ID = 0;
  private static final int LEARNER = 1;
  private static final int TENANT = 2;
  private static final int TYPE = 3;
  private static final int PRIORITY = 4;
  private static final int TIME = 5;
  private static final int SERVICE = 6;
  private static final int DATA = 7;
  private static final int METADATA = 8;

  private static final Set<String> TYPES =
      Set.of("interaction", "progress", "assessment", "error", "system");
  private static final Set<String> PRIORITIES = Set.of("low", "medium", "high", "critical");

  private final Fields fields = new Fields(NAMES);
  private final EventDraft draft = new EventDraft();
  private byte[] body = {};
  private String id = "";
  private String type = "";

  /// Reads the object at the cursor.
  void read(JsonScanner scanner, byte[] bytes) {
    body = bytes;
    fields.read(scanner, bytes);
    id = fields.string(ID);
    type = fields.string(TYPE);
    if (id.length() > EventWriter.TEXT_BYTES_MAX) {
      id = "";
    }
    if (type.length() > EventWriter.TEXT_BYTES_MAX) {
      type = "";
    }
  }

  /// Its id; empty where it has none that can be told.
  String id() {
    return id;
  }

  /// Its type; empty where it has none that can be told.
  String type() {
    return type;
  }

  /// Whose it is.
  String learner() {
    return fields.string(LEARNER);
  }

  int start() {
    return fields.start();
  }

  int end() {
    return fields.end();
  }

  /// Hands the event that was read last to its tenant's writer, or says what is wrong with it.
  Optional<Refusal> handOver(Writers out, int index) {
    Optional<Fault> fault = fault();
    if (fault.isPresent()) {
      return Optional.of(fault.get().at(index));
    }
    Optional<EventWriter> writer =
        fields.has(TENANT) ? out.named(fields.string(TENANT)) : Optional.of(out.own());
    if (writer.isEmpty()) {
      return Optional.of(
          new Refusal(
              index, Code.TENANT_MISMATCH, "tenant_id names no tenant that may be written for"));
    }
    draft.begin(body, fields.start(), fields.end());
    draft.flags(JsonFaults.eventFlags(fields.flags()));
    fields.giveText(ID, draft::id);
    fields.giveText(TYPE, draft::type);
    fields.giveText(LEARNER, draft::partitionKey);
    fields.giveText(TIME, draft::timeText);
    return writer.get().add(draft, index);
  }

  private Optional<Fault> fault() {
    return fields
        .doubled()
        .or(() -> fields.missingText(ID))
        .or(() -> fields.missingText(LEARNER))
        .or(() -> fields.wrongKind(TENANT, JsonKind.STRING))
        .or(() -> oneOf(TYPE, type, TYPES))
        .or(() ->
            fields.has(PRIORITY)
                ? oneOf(PRIORITY, fields.string(PRIORITY), PRIORITIES)
                : Optional.empty())
        .or(this::timeFault)
        .or(() -> fields.missingText(SERVICE))
        .or(() -> fields.wrongKind(DATA, JsonKind.OBJECT))
        .or(() -> fields.has(DATA) ? Optional.empty() : invalid("event_data is missing"))
        .or(() -> fields.wrongKind(METADATA, JsonKind.OBJECT));
  }

  private Optional<Fault> oneOf(int field, String value, Set<String> values) {
    return fields
        .missingText(field)
        .or(() ->
            values.contains(value)
                ? Optional.empty()
                : invalid(
                    fields.name(field)
                        + " is one of "
                        + String.join(", ", values.stream().sorted().toList())));
  }

  private Optional<Fault> timeFault() {
    return fields
        .missingText(TIME)
        .or(() ->
            Timestamps.parseText(fields.text(TIME), fields.textFrom(TIME), fields.textTo(TIME))
                    == Timestamps.NONE
                ? invalid("timestamp is not a time as RFC 3339 writes it")
                : Optional.empty());
  }

  private static Optional<Fault> invalid(String reason) {
    return Optional.of(new Fault(Code.INVALID_FIELD, reason));
  }
}
