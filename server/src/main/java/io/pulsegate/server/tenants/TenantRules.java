package io.pulsegate.server.tenants;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.Route;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import io.pulsegate.core.transform.Chain;
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
import java.util.concurrent.ConcurrentHashMap;

/// What the tenants in force ask of delivery. Transforms are made when a tenant's routes change, on
/// the thread that brings the change, and stay the same objects as long as they do not.
///
/// **An event never passes by a transform that is configured and cannot be made**: its tenant
/// waits.
public final class TenantRules implements LaneRules {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.server");

  /// For sinks that none of a tenant's routes ends in.
  private static final Transform NOWHERE = new Routes(List.of());

  /// A tenant's ways by sink, and what they were made from.
  private record Made(TenantConfig config, Map<String, Transform> ways) {}

  private final TenantRegistry registry;
  private final Map<String, TransformFactory<?>> factories;
  private final Bytes secret;
  private final Path folder;
  private final Map<LaneKey, Made> made = new ConcurrentHashMap<>();

  /// @param factories by the name they are configured with
  /// @param secret this installation's, which tenants' secrets are derived from
  /// @param folder where relative file names in settings begin
  public TenantRules(
      TenantRegistry registry,
      Map<String, TransformFactory<?>> factories,
      Bytes secret,
      Path folder) {
    this.registry = registry;
    this.factories = Map.copyOf(factories);
    this.secret = secret;
    this.folder = folder;
    registry.onChange(this::makeAll);
  }

  /// The same rules with transforms of their own, as each serves one reader of the log.
  @Override
  public LaneRules separate() {
    return new Separate();
  }

  /// What a tenant's events would go through on their way to each sink that its routes name, were
  /// it configured so.
  public Map<String, Transform> waysAs(TenantConfig config) {
    return waysOf(config);
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
        known = new Made(config.get(), waysOf(config.get()));
        own.put(lane, known);
      }
      return Optional.of(known.ways().getOrDefault(sink, NOWHERE));
    }

    @Override
    public int weightOf(LaneKey lane) {
      return TenantRules.this.weightOf(lane);
    }
  }

  private void makeAll(Tenants tenants) {
    for (TenantConfig config : tenants.all()) {
      Made before = made.get(config.lane());
      if (before == null || !sameWays(before.config(), config)) {
        made.put(config.lane(), new Made(config, waysOf(config)));
      }
    }
  }

  private static boolean sameWays(TenantConfig before, TenantConfig now) {
    return before.settings().routes().equals(now.settings().routes())
        && before.terms().privacy() == now.terms().privacy();
  }

  private Map<String, Transform> waysOf(TenantConfig config) {
    var routes = new LinkedHashMap<String, List<Routes.Route>>();
    for (Route route : config.settings().routes()) {
      for (Route.Target target : route.targets()) {
        var condition = new RouteCondition(route.condition());
        routes
            .computeIfAbsent(target.sink(), _ -> new ArrayList<>())
            .add(new Routes.Route(condition, chain(config, route)));
      }
    }
    var ways = new HashMap<String, Transform>();
    routes.forEach((sink, list) -> ways.put(sink, new Routes(list)));
    return ways;
  }

  private Transform chain(TenantConfig config, Route route) {
    return new Chain(
        route.transforms().stream()
            .map(step -> new Chain.Link(step.name(), transform(config, step)))
            .toList());
  }

  private Transform transform(TenantConfig config, Route.Step step) {
    TransformFactory<?> factory = factories.get(step.name());
    if (factory == null) {
      return waits(config, step, "there is no transform of this name");
    }
    try {
      return make(factory, config, step);
    } catch (RuntimeException e) {
      return waits(config, step, String.valueOf(e.getMessage()));
    }
  }

  private <C> Transform make(TransformFactory<C> factory, TenantConfig config, Route.Step step) {
    String privacy = config.terms().privacy().name().toLowerCase(Locale.ROOT);
    var context =
        new TransformContext(config.id(), privacy, TenantSecret.of(secret, config.lane()), folder);
    return factory.create(factory.spec().reader().apply(new Settings(step.settings())), context);
  }

  private static Transform waits(TenantConfig config, Route.Step step, String why) {
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
    return known == null || known.config().settings().routes().isEmpty()
        ? Optional.empty()
        : Optional.of(known.ways().getOrDefault(sink, NOWHERE));
  }

  @Override
  public int weightOf(LaneKey lane) {
    return registry.current().byLane(lane).map(config -> config.terms().weight()).orElse(1);
  }
}
