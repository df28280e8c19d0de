package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Credentials;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A method and a path, and the wire formats that are read there: nearly always one.
final class Endpoint {
  private final List<Route> routes = new ArrayList<>(1);

  void add(Route route) {
    routes.add(route);
  }

  List<Route> routes() {
    return routes;
  }

  boolean isShared() {
    return routes.size() > 1;
  }

  /// Where a request belongs while its body is not known.
  Route first() {
    return routes.getFirst();
  }

  /// Where a request belongs.
  Route of(RequestHead head, Bytes body) {
    for (Route route : routes.subList(0, routes.size() - 1)) {
      if (route.dialect().recognises(head, body)) {
        return route;
      }
    }
    return routes.getLast();
  }

  /// Whom the head says the request is from. Where formats share the endpoint, a key says so
  /// whatever the format; everything else waits for the body.
  Optional<Sender> sender(RequestHead head) {
    return isShared() ? Credentials.of(head).map(Sender.Key::new) : first().dialect().sender(head);
  }
}
