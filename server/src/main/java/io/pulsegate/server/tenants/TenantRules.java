package io.pulsegate.server.tenants;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.OnPoison;
import io.pulsegate.core.Route;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import io.pulsegate.core.transform.Chain;
import io.pulsegate.core.transform.LeasedTransform;
import io.pulsegate.core.transform.RouteCondition;
import io.pulsegate.core.transform.Routes;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What the tenants in force ask of delivery. Transforms are made when a tenant's routes change, on
/// the thread that brings the change, before it is in force; they stay the same objects as long as
/// the routes do not change, and are closed when they are replaced and used no more.
///
/// **A change whose transforms cannot be made is refused. An event never passes by a transform that
/// is configured and cannot be made** at a start, where there is nothing before that could stay in
/// force: its tenant waits. **Nor does one whose tenant is there no more**: see [Abandoned].
public final class TenantRules implements LaneRules, AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.server");

  /// For sinks that none of a tenant's routes ends in.
  private static final Transform NOWHERE = new Routes(List.of());

  /// A tenant's ways by sink, and what they were made from.
  private record Made(TenantConfig config, Map<String, Transform> ways) {
    void close() {
      ways.values().forEach(Transform::close);
    }
  }

  private final TenantRegistry registry;
  private final Map<String, TransformFactory<?>> factories;
  private final Bytes secret;
  private final Path folder;
  private final CrashMarks marks;
  private final Set<String> haltingSinks;
  private final Abandoned abandoned;
  private final Map<LaneKey, Made> made = new ConcurrentHashMap<>();

  // Made for a change that is not in force yet; guarded by this.
  private final Map<LaneKey, Made> prepared = new HashMap<>();

  /// @param factories by the name they are configured with
  /// @param secret this installation's, which tenants' secrets are derived from
  /// @param folder where relative file names in settings begin
  /// @param marks file that tells the next start what transforms were at when the process ended
  /// @param haltingSinks those in which a tenant's events wait behind one that is never taken,
  ///   where its routes do not say otherwise
  /// @param abandoned what becomes of events whose tenant is there no more
  public TenantRules(
      TenantRegistry registry,
      Map<String, TransformFactory<?>> factories,
      Bytes secret,
      Path folder,
      Path marks,
      Set<String> haltingSinks,
      Abandoned abandoned) {
    this.registry = registry;
    this.factories = Map.copyOf(factories);
    this.secret = secret;
    this.folder = folder;
    this.marks = CrashMarks.open(marks);
    this.haltingSinks = Set.copyOf(haltingSinks);
    this.abandoned = abandoned;
    registry.onChange(this::makeAll);
  }

  /// Makes what a snapshot needs and does not have yet, so that it can be put in force.
  ///
  /// @throws IllegalArgumentException naming tenant, route and transform that cannot be made
  public synchronized void prepare(Tenants next) {
    dropPrepared();
    try {
      for (TenantConfig config : next.all()) {
        if (isNew(config)) {
          prepared.put(config.lane(), new Made(config, waysOf(config, TenantRules::refuse)));
        }
      }
    } catch (IllegalArgumentException e) {
      dropPrepared();
      throw e;
    }
  }

  /// The same rules with transforms of their own, as each serves one reader of the log.
  @Override
  public LaneRules separate() {
    return new Separate();
  }

  /// What a tenant's events would go through on their way to each sink that its routes name, were
  /// it configured so. Who asks closes them.
  public Map<String, Transform> waysAs(TenantConfig config) {
    return waysOf(config, TenantRules::waits);
  }

  /// Made when they are asked for, and again where the routes have changed since.
  private final class Separate implements LaneRules {
    private final Map<LaneKey, Made> own = new ConcurrentHashMap<>();

    @Override
    public Optional<Transform> wayOf(LaneKey lane, String sink) {
      Optional<TenantConfig> config = registry.current().byLane(lane);
      if (config.isEmpty() || config.get().settings().routes().isEmpty()) {
        return Optional.empty();
      }
      Made known = own.get(lane);
      if (known == null || !sameWays(known.config(), config.get())) {
        if (known != null) {
          known.close();
        }
        known = new Made(config.get(), waysOf(config.get(), TenantRules::waits));
        own.put(lane, known);
      }
      return Optional.of(known.ways().getOrDefault(sink, NOWHERE));
    }

    @Override
    public int weightOf(LaneKey lane) {
      return TenantRules.this.weightOf(lane);
    }
  }

  private void dropPrepared() {
    prepared.values().forEach(Made::close);
    prepared.clear();
  }

  private synchronized void makeAll(Tenants tenants) {
    for (TenantConfig config : tenants.all()) {
      if (isNew(config)) {
        Made ready = prepared.remove(config.lane());
        if (ready == null || !sameWays(ready.config(), config)) {
          ready = new Made(config, waysOf(config, TenantRules::waits));
        }
        Made before = made.put(config.lane(), ready);
        if (before != null) {
          before.close();
        }
      }
    }
    dropPrepared();
  }

  private boolean isNew(TenantConfig config) {
    Made before = made.get(config.lane());
    return before == null || !sameWays(before.config(), config);
  }

  private static boolean sameWays(TenantConfig before, TenantConfig now) {
    return before.settings().routes().equals(now.settings().routes())
        && before.terms().privacy() == now.terms().privacy();
  }

  /// What becomes of a transform that cannot be made.
  private interface Otherwise {
    Transform transform(TenantConfig config, Route route, Route.Step step, String why);
  }

  private Map<String, Transform> waysOf(TenantConfig config, Otherwise otherwise) {
    var routes = new LinkedHashMap<String, List<Routes.Route>>();
    var links = new ArrayList<Chain.Link>();
    try {
      for (Route route : config.settings().routes()) {
        for (Route.Target target : route.targets()) {
          var chain = new ArrayList<Chain.Link>();
          for (Route.Step step : route.transforms()) {
            chain.add(new Chain.Link(step.name(), transform(config, route, step, otherwise)));
            links.add(chain.getLast());
          }
          var condition = new RouteCondition(route.condition());
          routes
              .computeIfAbsent(target.sink(), _ -> new ArrayList<>())
              .add(new Routes.Route(condition, new Chain(chain)));
        }
      }
    } catch (RuntimeException e) {
      links.forEach(link -> link.transform().close());
      throw e;
    }
    var ways = new HashMap<String, Transform>();
    routes.forEach((sink, list) -> {
      var way = new MarkedTransform(new Routes(list), config.lane() + " into " + sink, marks);
      ways.put(sink, new LeasedTransform(way));
    });
    return ways;
  }

  private Transform transform(
      TenantConfig config, Route route, Route.Step step, Otherwise otherwise) {
    TransformFactory<?> factory = factories.get(step.name());
    if (factory == null) {
      return otherwise.transform(config, route, step, "there is no transform of this name");
    }
    try {
      return make(factory, config, step);
    } catch (RuntimeException e) {
      return otherwise.transform(config, route, step, String.valueOf(e.getMessage()));
    }
  }

  private <C> Transform make(TransformFactory<C> factory, TenantConfig config, Route.Step step) {
    String privacy = config.terms().privacy().name().toLowerCase(Locale.ROOT);
    var context =
        new TransformContext(config.id(), privacy, TenantSecret.of(secret, config.lane()), folder);
    return factory.create(factory.spec().reader().apply(new Settings(step.settings())), context);
  }

  private static Transform refuse(TenantConfig config, Route route, Route.Step step, String why) {
    throw new IllegalArgumentException(
        "tenants.%s: the transform %s of the route %s cannot be made: %s"
            .formatted(config.id(), step.name(), route.name(), why));
  }

  private static Transform waits(TenantConfig config, Route route, Route.Step step, String why) {
    LOGGER.log(
        Level.ERROR,
        "transform {0} of tenant {1} cannot be made, the tenant''s events wait: {2}",
        step.name(),
        config.id(),
        why);
    return _ -> new Verdict.Fail("transform_missing", why, true);
  }

  @Override
  public Optional<Transform> wayOf(LaneKey lane, String sink) {
    Made known = made.get(lane);
    if (known == null) {
      return Optional.of(abandoned.wayOf(lane));
    }
    return known.config().settings().routes().isEmpty()
        ? Optional.empty()
        : Optional.of(known.ways().getOrDefault(sink, NOWHERE));
  }

  @Override
  public int weightOf(LaneKey lane) {
    return registry.current().byLane(lane).map(config -> config.terms().weight()).orElse(1);
  }

  @Override
  public boolean haltsOnPoison(LaneKey lane, String sink) {
    return registry.current().byLane(lane).stream()
        .flatMap(config -> config.settings().routes().stream())
        .filter(route -> route.targets().stream().anyMatch(target -> target.sink().equals(sink)))
        .findFirst()
        .flatMap(Route::onPoison)
        .map(OnPoison.HALT::equals)
        .orElse(haltingSinks.contains(sink));
  }

  /// Closes all transforms; after delivery has ended.
  @Override
  public synchronized void close() {
    dropPrepared();
    made.values().forEach(Made::close);
    marks.close();
  }
}
