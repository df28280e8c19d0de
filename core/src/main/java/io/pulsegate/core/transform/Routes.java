package io.pulsegate.core.transform;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import java.util.List;
import java.util.function.Predicate;

/// A tenant's routes to one sink: the first whose condition holds takes the event; one that no
/// route wants is dropped as `not_routed`.
public final class Routes implements Transform {
  /// One route.
  ///
  /// @param when which events it takes
  /// @param chain what they go through
  public record Route(Predicate<TransformEvent> when, Transform chain) {}

  private final List<Route> routes;

  public Routes(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  @Override
  public Verdict apply(TransformEvent event) {
    for (Route route : routes) {
      if (route.when().test(event)) {
        return route.chain().apply(event);
      }
    }
    return new Verdict.Drop("not_routed");
  }

  @Override
  public void close() {
    routes.forEach(route -> route.chain().close());
  }
}
