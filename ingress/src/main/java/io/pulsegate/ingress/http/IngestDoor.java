package io.pulsegate.ingress.http;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Origins;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/// Finds what a request is for, among ingestion endpoints and pages. By the exact path: nothing is
/// decoded or normalised, so that no two spellings of a path can mean the same.
final class IngestDoor implements Door {
  /// What stands behind the door.
  ///
  /// @param workers inflate and parse large bodies
  record House(Intake intake, Doorkeeper doorkeeper, Executor workers, InstantSource clock) {}

  /// A path with its methods.
  private record Place(Map<String, Endpoint> byMethod, Cors cors) {}

  private final HttpConfig.Limits limits;
  private final House house;
  private final RefusalLimiter refusals;
  private final Map<String, Place> places = new HashMap<>();
  private final PageDoor pages;
  private final OtherRecorder other;
  private volatile boolean stopping;

  IngestDoor(
      HttpConfig.Limits limits,
      House house,
      List<Dialect> dialects,
      PageDoor pages,
      Metrics metrics,
      OtherRecorder other) {
    this.limits = limits;
    this.house = house;
    this.refusals = new RefusalLimiter(limits.refusalsPerSecondMax());
    this.pages = pages;
    this.other = other;
    var paths = new HashMap<String, Map<String, Endpoint>>();
    for (Dialect dialect : dialects) {
      Route route = new Route(dialect, metrics, other.log());
      for (Dialect.Endpoint endpoint : dialect.endpoints()) {
        paths
            .computeIfAbsent(endpoint.path(), path -> new TreeMap<>())
            .computeIfAbsent(endpoint.method(), method -> new Endpoint())
            .add(route);
      }
    }
    paths.forEach((path, byMethod) -> places.put(path, new Place(byMethod, cors(byMethod))));
  }

  /// Browsers ask by path: what any dialect there allows.
  private Cors cors(Map<String, Endpoint> byMethod) {
    List<String> dialects =
        byMethod.values().stream()
            .flatMap(endpoint -> endpoint.routes().stream())
            .map(route -> route.dialect().name())
            .distinct()
            .toList();
    return new Cors(() -> origins(dialects), byMethod.keySet());
  }

  private Origins origins(List<String> dialects) {
    Origins origins = house.doorkeeper().origins(dialects.getFirst());
    for (String dialect : dialects.subList(1, dialects.size())) {
      origins = origins.and(house.doorkeeper().origins(dialect));
    }
    return origins;
  }

  @Override
  public Exchange enter(HttpServerRequest request, Peer peer) {
    Place place = places.get(request.path());
    if (place == null) {
      return pages.enter(request, peer);
    }
    Endpoint endpoint = place.byMethod().get(request.method().name());
    if (endpoint != null) {
      return new IngestExchange(request, peer, endpoint, place.cors(), this);
    }
    if (request.method().equals(HttpMethod.OPTIONS) && place.cors().isOpen()) {
      Optional<String> origin = new VertxHead(request).header("Origin");
      return new RefusedExchange(request, peer, other, place.cors().preflight(origin), false);
    }
    return new RefusedExchange(
        request, peer, other, PageDoor.methodNotAllowed(place.byMethod().keySet()), false);
  }

  /// From now on requests that bring events are answered 503.
  void stop() {
    stopping = true;
  }

  boolean stopping() {
    return stopping;
  }

  boolean allowsRefusal(String client) {
    return refusals.allows(client, System.nanoTime());
  }

  HttpConfig.Limits limits() {
    return limits;
  }

  Intake intake() {
    return house.intake();
  }

  Doorkeeper doorkeeper() {
    return house.doorkeeper();
  }

  Executor workers() {
    return house.workers();
  }

  InstantSource clock() {
    return house.clock();
  }
}
