package io.pulsegate.server.systems;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Credentials;
import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Tenant;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The pages of the Event Collector and the Collection API beside their endpoints for events.
///
/// ```
/// GET  /api/v1/health              POST /api/v1/test/events?count=N   where enabled
/// GET  /api/v1/metrics             GET  /events/count    GET /events/recent?limit=N
/// ```
final class SystemPages implements Pages {
  private static final Set<String> GET = Set.of("GET");
  private static final Set<String> POST = Set.of("POST");
  private static final int RECENT = 10;
  private static final int RECENT_MAX = 1_000;
  private static final String LOOPBACK = "(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?";

  private final SystemState state;
  private final RecentEvents recent;
  private final Readers readers;
  private final Optional<TestEvents> testEvents;

  /// Who may read events.
  ///
  /// @param open whether everybody on this machine may, without a key
  record Readers(boolean open, java.util.function.Function<String, Optional<Tenant>> byKey) {}

  SystemPages(
      SystemState state, RecentEvents recent, Readers readers, Optional<TestEvents> testEvents) {
    this.state = state;
    this.recent = recent;
    this.readers = readers;
    this.testEvents = testEvents;
  }

  @Override
  public Set<String> methods(String path) {
    return switch (path) {
      case "/api/v1/health", "/api/v1/metrics", "/events/count", "/events/recent" -> GET;
      case "/api/v1/test/events" -> testEvents.isPresent() ? POST : Set.of();
      default -> Set.of();
    };
  }

  @Override
  public PageReply reply(PageRequest request) throws InterruptedException {
    RequestHead head = request.head();
    return switch (head.path()) {
      case "/api/v1/health" -> state.collectorHealth();
      case "/api/v1/metrics" -> page(200, state.collectorMetrics());
      case "/api/v1/test/events" -> testEvents.orElseThrow().make(head);
      default -> events(head);
    };
  }

  private PageReply events(RequestHead head) {
    Optional<Tenant> tenant = Credentials.of(head).flatMap(readers.byKey());
    if (tenant.isEmpty() && !(readers.open() && isLocal(head))) {
      return new PageReply(
          401,
          "application/json",
          Map.of("WWW-Authenticate", "Bearer realm=\"pulsegate\""),
          Bytes.of(
              error(Code.UNAUTHENTICATED, "events are read with the key of their tenant")
                  .toByteArray()));
    }
    Optional<LaneKey> lane = tenant.map(Tenant::lane);
    return head.path().equals("/events/count") ? count(lane) : recent(head, lane);
  }

  /// Under no name but the machine's own: a web page elsewhere cannot point its own at this port
  /// and read (DNS rebinding).
  static boolean isLocal(RequestHead head) {
    return head.headerCount("Host") == 1 && head.header("Host").orElse("").matches(LOOPBACK);
  }

  private PageReply count(Optional<LaneKey> lane) {
    long count = recent.count(lane);
    return page(
        200,
        new JsonWriter(64)
            .beginObject()
            .field("count", count)
            .field("total_events", count)
            .endObject());
  }

  private PageReply recent(RequestHead head, Optional<LaneKey> lane) {
    int limit;
    try {
      limit = head.parameter("limit").map(Integer::parseInt).orElse(RECENT);
    } catch (NumberFormatException e) {
      limit = 0;
    }
    if (limit < 1 || limit > RECENT_MAX) {
      return page(400, error(Code.BAD_REQUEST, "limit is a whole number from 1 to " + RECENT_MAX));
    }
    List<Event> events = recent.newest(limit, lane);
    JsonWriter json = new JsonWriter(4_096).beginArray();
    events.forEach(event -> RecentEvent.write(json, event));
    return page(200, json.endArray());
  }

  static JsonWriter error(Code code, String message) {
    return new JsonWriter(128)
        .beginObject()
        .name("error")
        .beginObject()
        .field("code", code.text())
        .field("message", message)
        .endObject()
        .field("detail", message)
        .endObject();
  }

  static PageReply page(int status, JsonWriter json) {
    return PageReply.json(status, Bytes.of(json.newLine().toByteArray()));
  }
}
