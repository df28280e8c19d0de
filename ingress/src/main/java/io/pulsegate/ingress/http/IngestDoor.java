package io.pulsegate.ingress.http;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.Dialect.Endpoint;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Metrics;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/// Finds what a request is for, among ingestion endpoints and pages. By the exact path: nothing is
/// decoded or normalised, so that no two spellings of a path can mean the same.
final class IngestDoor implements Door {
  private final HttpConfig.Limits limits;
  private final Intake intake;
  private final Executor workers;
  private final RefusalLimiter refusals;
  private final Map<String, Map<String, Route>> routes = new HashMap<>();
  private final PageDoor pages;
  private final OtherRecorder other;
  private volatile boolean stopping;

  IngestDoor(
      HttpConfig.Limits limits,
      Intake intake,
      List<Dialect> dialects,
      PageDoor pages,
      Executor workers,
      Metrics metrics,
      OtherRecorder other) {
    this.limits = limits;
    this.intake = intake;
    this.workers = workers;
    this.refusals = new RefusalLimiter(limits.refusalsPerSecondMax());
    this.pages = pages;
    this.other = other;
    for (Dialect dialect : dialects) {
      Route route = new Route(dialect, metrics, other.log());
      for (Endpoint endpoint : dialect.endpoints()) {
        add(endpoint, route);
      }
    }
  }

  private void add(Endpoint endpoint, Route route) {
    Route former =
        routes
            .computeIfAbsent(endpoint.path(), path -> new TreeMap<>())
            .put(endpoint.method(), route);
    if (former != null) {
      throw new IllegalArgumentException(
          "%s %s is claimed by two dialects, %s and %s"
              .formatted(
                  endpoint.method(),
                  endpoint.path(),
                  former.dialect().name(),
                  route.dialect().name()));
    }
  }

  @Override
  public Exchange enter(HttpServerRequest request, Peer peer) {
    Map<String, Route> byMethod = routes.get(request.path());
    if (byMethod == null) {
      return pages.enter(request, peer);
    }
    Route route = byMethod.get(request.method().name());
    return route == null
        ? new RefusedExchange(
            request, peer, other, PageDoor.methodNotAllowed(byMethod.keySet()), false)
        : new IngestExchange(request, peer, route, this);
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
    return intake;
  }

  Executor workers() {
    return workers;
  }
}
