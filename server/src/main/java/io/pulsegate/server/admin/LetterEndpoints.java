package io.pulsegate.server.admin;

import static io.pulsegate.server.admin.Endpoint.Field.number;
import static io.pulsegate.server.admin.Endpoint.Field.text;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Event;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.letters.Redriver;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Filter;
import io.pulsegate.server.state.Letters.Kept;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Dead letters: list, search, look at, discard, redrive, export.
public final class LetterEndpoints {
  /// Header of an export: ask again with `after` of this, for there may be more.
  public static final String NEXT = "PulseGate-Next";

  private static final int LETTERS = 100;
  private static final int LETTERS_MAX = 10_000;
  private static final int REDRIVEN_AT_ONCE = 1_000;

  private static final List<Field> FILTER =
      List.of(
          text("tenant", "Whose."),
          text("from", "Failed last at or after this time, such as 2026-01-31T00:00:00Z."),
          text("until", "Failed last before this time."),
          text("event_type", "Of this type."),
          text("event_id", "With this event id."),
          text("code", "With this code."),
          text(
              "component", "Failed at this sink, or on the way to it; or at this dialect's door."));

  private final Letters letters;
  private final Redriver redriver;
  private final AuditLog audit;
  private final InstantSource clock;

  public LetterEndpoints(Letters letters, Redriver redriver, AuditLog audit, InstantSource clock) {
    this.letters = letters;
    this.redriver = redriver;
    this.audit = audit;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/dead-letters",
            Access.READ,
            "Dead letters that wait, the newest first.",
            with(
                FILTER,
                text("redriven", "true for those that were redriven instead."),
                number("before", "Only those with a smaller id."),
                number("limit", "At most so many. Default: 100."),
                Listing.PARAMETER),
            this::list),
        Endpoint.get(
            "/dead-letters/export",
            Access.READ,
            "Dead letters as NDJSON, the oldest first; the header PulseGate-Next, where there is one, is the next after.",
            with(
                FILTER,
                number("after", "Only those with a greater id."),
                number("limit", "At most so many. Default: 10000.")),
            this::export),
        Endpoint.post(
            "/dead-letters/discard",
            Access.ADMIN,
            "Let go of all that match; at least one filter beside the tenant, or all.",
            with(FILTER, text("all", "true where no filter is meant.")),
            this::discard),
        Endpoint.post(
            "/dead-letters/redrive",
            Access.ADMIN,
            "Have up to 1000 of those that match delivered again, the oldest first, through what is configured now; the header PulseGate-Next, where there is one, is the next after.",
            with(FILTER, number("after", "Only those with a greater id.")),
            this::redrive),
        Endpoint.get(
            "/dead-letters/{id}",
            Access.READ,
            "One dead letter with its event.",
            List.of(),
            this::show),
        Endpoint.delete(
            "/dead-letters/{id}", Access.ADMIN, "Let go of one dead letter.", this::discardOne),
        Endpoint.post(
            "/dead-letters/{id}/redrive",
            Access.ADMIN,
            "Have one delivered again.",
            List.of(),
            this::redriveOne));
  }

  private static List<Field> with(List<Field> fields, Field... more) {
    var all = new ArrayList<>(fields);
    all.addAll(List.of(more));
    return all;
  }

  private static final Listing<Kept> LIST =
      new Listing<Kept>("dead_letters")
          .with("id", Kept::id)
          .with("tenant", kept -> kept.letter().lane().tenant())
          .with("component", kept -> kept.letter().component())
          .with("event_type", kept -> kept.letter().event().eventType())
          .with("event_id", kept -> kept.letter().event().eventId())
          .with("code", kept -> kept.letter().code())
          .with("attempts", kept -> kept.letter().attempts())
          .with("last_failure", kept -> kept.letter().lastFailure())
          .with("reason", kept -> kept.letter().reason());

  private PageReply list(Call call) {
    Filter filter =
        filter(
            name -> call.head().parameter(name).filter(text -> !text.isEmpty()),
            call,
            call.head().parameter("redriven").map(Boolean::parseBoolean).orElse(false));
    int limit = Narrowing.limit(call, LETTERS, LETTERS_MAX);
    return LIST.page(
        call.head(), letters.find(filter, place(call, "before", Long.MAX_VALUE), limit));
  }

  private static long place(Call call, String name, long otherwise) {
    return id(call.head().parameter(name), name, otherwise);
  }

  private static long id(Optional<String> text, String name, long otherwise) {
    try {
      return text.map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number", e);
    }
  }

  /// **For a tenant's key only what is its own, whatever it asks.**
  private static Filter filter(
      Function<String, Optional<String>> given, Call call, boolean redriven) {
    Optional<TenantId> tenant =
        call.caller().tenant().or(() -> given.apply("tenant").map(TenantId::new));
    return new Filter(
        tenant,
        given.apply("from").map(LetterEndpoints::time),
        given.apply("until").map(LetterEndpoints::time),
        given.apply("event_type"),
        given.apply("event_id"),
        given.apply("code"),
        given.apply("component"),
        redriven);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "from and until must be times such as 2026-01-31T00:00:00Z, was " + text, e);
    }
  }

  private PageReply export(Call call) {
    Filter filter = filter(name -> call.head().parameter(name), call, false);
    int limit = Narrowing.limit(call, LETTERS_MAX, LETTERS_MAX);
    List<Kept> found = letters.findAfter(filter, place(call, "after", 0), limit);
    audit.add(
        change(call, "letter.export", filter.tenant(), "", "%d letters".formatted(found.size())));
    var json = new JsonWriter(65_536);
    found.forEach(kept -> write(json, kept).newLine());
    return new PageReply(
        200, "application/x-ndjson", next(found, limit), Bytes.of(json.toByteArray()));
  }

  private Change change(
      Call call, String action, Optional<TenantId> tenant, String subject, String detail) {
    return new Change(
        clock.instant(),
        call.caller().actor(),
        action,
        tenant.map(TenantId::value).orElse(""),
        subject,
        detail);
  }

  /// The letter that the path names, where the caller may see it.
  private Optional<Kept> named(Call call) {
    long id;
    try {
      id = Long.parseLong(call.part("id"));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return letters
        .find(id)
        .filter(
            kept -> call.caller().tenant().map(kept.letter().lane().tenant()::equals).orElse(true));
  }

  private static PageReply missing(Call call) {
    return Replies.error(404, "there is no dead letter " + call.part("id"));
  }

  private PageReply show(Call call) {
    return named(call)
        .map(kept -> Replies.page(200, write(new JsonWriter(4096), kept)))
        .orElseGet(() -> missing(call));
  }

  private PageReply discardOne(Call call) {
    Optional<Kept> kept = named(call).filter(each -> each.redriven().isEmpty());
    if (kept.isEmpty()) {
      return missing(call);
    }
    DeadLetter letter = kept.get().letter();
    int gone =
        letters.discard(
            kept.get().id(),
            _ ->
                change(
                    call,
                    "letter.discard",
                    Optional.of(letter.lane().tenant()),
                    call.part("id"),
                    "event " + letter.event().eventId() + ", " + letter.code()));
    return count("discarded", gone);
  }

  private static PageReply count(String name, int count) {
    return Replies.page(200, new JsonWriter().beginObject().field(name, count).endObject());
  }

  private PageReply discard(Call call) {
    JsonFields body = JsonFields.read(call.body(), with(FILTER, text("all", "")));
    Filter filter = filter(body::find, call, false);
    if (!filter.isNarrow() && !body.find("all").map(Boolean::parseBoolean).orElse(false)) {
      throw new IllegalArgumentException(
          "name a filter beside the tenant, or say \"all\": true to discard everything that waits");
    }
    int gone =
        letters.discard(
            filter,
            count ->
                change(
                    call,
                    "letter.discard",
                    filter.tenant(),
                    "",
                    "%d letters, by %s".formatted(count, describe(body))));
    return count("discarded", gone);
  }

  private static String describe(JsonFields body) {
    var parts = new ArrayList<String>();
    FILTER.forEach(
        field -> body.find(field.name()).ifPresent(value -> parts.add(field.name() + "=" + value)));
    return parts.isEmpty() ? "all" : String.join(" ", parts);
  }

  private PageReply redriveOne(Call call) throws InterruptedException {
    Optional<Kept> kept = named(call);
    return kept.isEmpty() ? missing(call) : redrive(call, List.of(kept.get()));
  }

  /// **What cannot be redriven does not stand before the rest for ever**: who asks goes on behind
  /// it.
  private PageReply redrive(Call call) throws InterruptedException {
    JsonFields body = JsonFields.read(call.body(), with(FILTER, number("after", "")));
    Filter filter = filter(body::find, call, false);
    long after = id(body.find("after"), "after", 0);
    List<Kept> found = letters.findAfter(filter, after, REDRIVEN_AT_ONCE);
    PageReply reply = redrive(call, found);
    return new PageReply(
        reply.status(), reply.contentType(), next(found, REDRIVEN_AT_ONCE), reply.body());
  }

  private static Map<String, String> next(List<Kept> found, int limit) {
    return found.size() < limit ? Map.of() : Map.of(NEXT, Long.toString(found.getLast().id()));
  }

  private PageReply redrive(Call call, List<Kept> kept) throws InterruptedException {
    Redriver.Report report = redriver.redrive(call.caller().actor(), kept);
    var json = new JsonWriter().beginObject().field("redriven", report.redriven());
    json.name("refused").beginArray();
    report
        .refused()
        .forEach(
            (id, reason) -> json.beginObject().field("id", id).field("reason", reason).endObject());
    return Replies.page(200, json.endArray().endObject());
  }

  /// A letter whole.
  private static JsonWriter write(JsonWriter json, Kept kept) {
    DeadLetter letter = kept.letter();
    json.beginObject()
        .field("id", kept.id())
        .field("log_id", letter.logId())
        .field("partition", letter.partition())
        .field("offset", letter.offset())
        .field("child", letter.child())
        .field("sink", letter.sink())
        .field("run", letter.run())
        .field("tenant", letter.lane().tenant().value())
        .field("incarnation", letter.lane().incarnation())
        .field("stage", letter.stage())
        .field("component", letter.component())
        .field("code", letter.code())
        .field("reason", letter.reason())
        .field("attempts", letter.attempts())
        .field("first_failure", letter.firstFailure().toString())
        .field("last_failure", letter.lastFailure().toString());
    kept.redriven().ifPresent(time -> json.field("redriven_at", time.toString()));
    Event event = letter.event();
    json.name("event")
        .beginObject()
        .field("event_id", event.eventId())
        .field("event_type", event.eventType())
        .field("occurred_at", event.occurredAt().toString())
        .field("received_at", event.receivedAt().toString())
        .field("source", event.source().text())
        .field("dialect", event.dialect());
    event.traceId().ifPresent(id -> json.field("trace_id", id));
    event.idempotencyKey().ifPresent(key -> json.field("idempotency_key", key));
    event.partitionKey().ifPresent(key -> json.field("partition_key", key));
    json.name("payload").raw(event.payload().getBytes(StandardCharsets.UTF_8));
    return json.endObject().endObject();
  }
}
