package io.pulsegate.server.admin;

import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.where.Whereabouts;
import io.pulsegate.server.where.Whereabouts.Part;
import io.pulsegate.server.where.Whereabouts.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where an event is.
public final class WhereEndpoints {
  /// Header: how many places the answer has.
  public static final String FOUND = "PulseGate-Found";

  private final Whereabouts whereabouts;

  public WhereEndpoints(Whereabouts whereabouts) {
    this.whereabouts = whereabouts;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/where",
            Access.READ,
            "Where the events with an id are: in the log, and at each sink. Searches for a few seconds; the header PulseGate-Next, where there is one, is the from to go on with.",
            List.of(
                Field.text("event_id", "The id."),
                Field.text(Endpoint.TENANT, "Only this tenant's."),
                Field.number("from", "Offset to begin at. Default: the log's first."),
                Listing.PARAMETER),
            this::where));
  }

  private static final Listing<Place> LISTING =
      new Listing<Place>("places")
          .with("offset", Place::offset)
          .with("received_at", Place::receivedAt)
          .with("tenant", Place::tenant)
          .with("event_type", Place::eventType)
          .with("sink", Place::sink)
          .with("state", Place::state)
          .with("dead_letter", WhereEndpoints::letter, WhereEndpoints::letterJson)
          .with("detail", Place::detail);

  private static String letter(Place place) {
    return place.letter().isPresent() ? Long.toString(place.letter().getAsLong()) : "";
  }

  private static JsonWriter letterJson(Place place) {
    return place.letter().isPresent()
        ? new JsonWriter().value(place.letter().getAsLong())
        : new JsonWriter().nullValue();
  }

  private PageReply where(Call call) throws InterruptedException {
    String id = call.head().parameter("event_id").orElse("");
    if (id.isEmpty()) {
      throw new IllegalArgumentException("name the event: event_id=…");
    }
    long from;
    try {
      from = call.head().parameter("from").map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("from must be a whole number", e);
    }
    Part part = whereabouts.find(id, Narrowing.tenant(call), from);
    PageReply page = LISTING.page(call.head(), part.places());
    Map<String, String> headers = new HashMap<>(page.headers());
    headers.put(FOUND, Integer.toString(part.places().size()));
    part.next().ifPresent(next -> headers.put(LetterEndpoints.NEXT, Long.toString(next)));
    return new PageReply(page.status(), page.contentType(), headers, page.body());
  }
}
