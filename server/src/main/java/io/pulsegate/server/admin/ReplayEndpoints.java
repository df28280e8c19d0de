package io.pulsegate.server.admin;

import static io.pulsegate.server.admin.Endpoint.Field.number;
import static io.pulsegate.server.admin.Endpoint.Field.text;
import static io.pulsegate.server.admin.Endpoint.Field.texts;

import io.pulsegate.api.TenantId;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.replays.ReplayRequest.Kind;
import io.pulsegate.server.replays.Replays;
import io.pulsegate.server.replays.Replays.Bound;
import io.pulsegate.server.replays.Replays.View;
import io.pulsegate.server.replays.Replays.Wish;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// Replays: begin, count first, compare, watch, pause, resume, cancel.
public final class ReplayEndpoints {
  private static final int LISTED = 50;
  private static final int LISTED_MAX = 1_000;
  private static final String SPEED = "1000";

  private static final List<Field> RANGE =
      List.of(
          text("from", "Received at or after this time. Default: the log's beginning."),
          text("until", "Received before this time. Default: all there is."),
          number("from_offset", "First offset, instead of from."),
          number("until_offset", "Offset behind the last, instead of until."));

  private static final List<Field> WISH =
      Stream.of(
              List.of(text("tenant", "Whose events. Default: all tenants'.")),
              RANGE,
              List.of(
                  texts("event_types", "Only these types; * stands for any characters."),
                  texts("fields", "Only events whose payload has them, as path=value."),
                  texts("sinks", "Into these sinks alone. Default: all."),
                  text(
                      "mode",
                      "What becomes of an event that is there already: skip, overwrite, or again to write it once more. Default: skip."),
                  number("events_per_second", "At most so many into each sink. Default: 1000."),
                  text("dry_run", "true to count and write nothing.")))
          .flatMap(List::stream)
          .toList();

  private final Replays replays;

  public ReplayEndpoints(Replays replays) {
    this.replays = replays;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/replays",
            Access.READ,
            "Replays, dry runs and comparisons, the newest first.",
            List.of(
                text(Endpoint.TENANT, "Only this tenant's."),
                number("limit", "At most so many. Default: 50."),
                Listing.PARAMETER),
            this::list),
        Endpoint.post(
            "/replays",
            Access.ADMIN,
            "Give sinks a stretch of the log again, through what is configured now; or count it first.",
            WISH,
            this::begin),
        new Endpoint(
            "POST",
            "/tenants/{tenant}/replays/diff",
            Access.ADMIN,
            "Run a stretch of a tenant's events through other settings into nothing, and tell what would change. The body is the tenant with those settings, as for PUT /tenants/{tenant}.",
            Stream.concat(
                    RANGE.stream(),
                    Stream.of(text("sinks", "Only these sinks, with commas between.")))
                .toList(),
            List.of(Field.object("(tenant)", "The tenant with other settings.")),
            this::diff),
        Endpoint.get("/replays/{id}", Access.READ, "How one replay fares.", List.of(), this::show),
        Endpoint.post(
            "/replays/{id}/pause",
            Access.ADMIN,
            "Hold a replay. The log keeps what it still needs.",
            List.of(),
            call -> change(call, replays::pause)),
        Endpoint.post(
            "/replays/{id}/resume",
            Access.ADMIN,
            "Go on with a replay that was paused or failed.",
            List.of(),
            call -> change(call, replays::resume)),
        Endpoint.post(
            "/replays/{id}/cancel",
            Access.ADMIN,
            "End a replay where it is. What it has delivered stays.",
            List.of(),
            call -> change(call, replays::cancel)));
  }

  private static final Listing<View> LIST =
      new Listing<View>("replays")
          .with("id", view -> view.row().id())
          .with("kind", view -> view.kind().text())
          .with("tenant", view -> view.row().tenant())
          .with("sinks", view -> String.join(",", view.sinks()))
          .with("state", view -> view.row().state().text())
          .with("percent", View::percent)
          .with("created_at", view -> view.row().created())
          .with("actor", view -> view.row().actor())
          .with("reason", View::reason);

  private PageReply list(Call call) {
    int limit = Narrowing.limit(call, LISTED, LISTED_MAX);
    return LIST.page(call.head(), replays.list(Narrowing.tenant(call), limit));
  }

  private static PageReply page(int status, View view) {
    return Replies.page(status, Replays.write(new JsonWriter(1_024), view));
  }

  /// **For a tenant's key always its own events, whatever the body names.**
  private PageReply begin(Call call) {
    JsonFields body = JsonFields.read(call.body(), WISH);
    Optional<TenantId> named = body.find("tenant").map(TenantId::new);
    Optional<TenantId> own = call.caller().tenant();
    if (own.isPresent() && named.isPresent() && !named.equals(own)) {
      return Replies.error(404, "there is no tenant " + named.get());
    }
    boolean dry = body.find("dry_run").map(Boolean::parseBoolean).orElse(false);
    return page(
        201,
        replays.begin(
            call.caller().actor(),
            new Wish(
                dry ? Kind.COUNT : Kind.REPLAY,
                own.or(() -> named),
                bound(body::find, "from"),
                bound(body::find, "until"),
                body.all("event_types"),
                body.all("fields"),
                body.all("sinks"),
                body.find("mode"),
                whole(body.find("events_per_second").orElse(SPEED), "events_per_second"),
                "")));
  }

  private PageReply diff(Call call) {
    Function<String, Optional<String>> query =
        name -> call.head().parameter(name).filter(text -> !text.isEmpty());
    return page(
        201,
        replays.begin(
            call.caller().actor(),
            new Wish(
                Kind.DIFF,
                Optional.of(call.tenant()),
                bound(query, "from"),
                bound(query, "until"),
                List.of(),
                List.of(),
                query.apply("sinks").map(text -> List.of(text.split(",", -1))).orElse(List.of()),
                Optional.empty(),
                Integer.parseInt(SPEED),
                call.body().toString())));
  }

  private static Optional<Bound> bound(Function<String, Optional<String>> given, String name) {
    Optional<Bound> offset =
        given.apply(name + "_offset").map(text -> new Bound.Offset(place(text, name + "_offset")));
    return offset.or(() -> given.apply(name).map(text -> new Bound.Time(time(text, name))));
  }

  private static int whole(String text, String name) {
    long number = place(text, name);
    if (number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(name + " is too large, was " + text);
    }
    return (int) number;
  }

  private static long place(String text, String name) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number, was " + text, e);
    }
  }

  private static Instant time(String text, String name) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          name + " must be a time such as 2026-01-31T00:00:00Z, was " + text, e);
    }
  }

  /// The replay that the path names, where the caller may see it.
  private Optional<View> named(Call call) {
    try {
      return replays
          .find(Long.parseLong(call.part("id")))
          .filter(view ->
              call.caller()
                  .tenant()
                  .map(own -> own.value().equals(view.row().tenant()))
                  .orElse(true));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static PageReply missing(Call call) {
    return Replies.error(404, "there is no replay " + call.part("id"));
  }

  private PageReply show(Call call) {
    return named(call).map(view -> page(200, view)).orElseGet(() -> missing(call));
  }

  private PageReply change(Call call, BiFunction<String, Long, View> what) {
    return named(call)
        .map(view -> page(200, what.apply(call.caller().actor(), view.row().id())))
        .orElseGet(() -> missing(call));
  }
}
