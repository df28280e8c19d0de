package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.core.Route;
import io.pulsegate.core.Route.Condition;
import io.pulsegate.core.Route.FieldTest;
import io.pulsegate.core.Route.Step;
import io.pulsegate.core.Route.Target;
import io.pulsegate.server.plugins.Components;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Reads the routes of a tenant, and finds the sinks they end in.
final class RoutesReader {
  private static final String ONLY = "plugins";
  private static final String SINK_SUFFIX = "_sink";

  private final Values values;
  private final RouteSinks sinks;
  private final Components components;

  RoutesReader(Values values, RouteSinks sinks, Components components) {
    this.values = values;
    this.sinks = sinks;
    this.components = components;
  }

  List<Route> read(Fields tenant) {
    if (tenant.has(TenantKeys.PLUGINS) && tenant.has(TenantKeys.ROUTES)) {
      tenant.problem(
          TenantKeys.ROUTES, tenant.path() + " has plugins and routes: write one of them");
    }
    var routes = new ArrayList<Route>();
    for (Fields only : tenant.maps(TenantKeys.PLUGINS, TenantKeys.PLUGIN_MAP)) {
      routes.add(
          new Route(
              ONLY, Condition.ALWAYS, steps(only), targets(only), only.find(TenantKeys.ON_POISON)));
    }
    var names = new HashSet<String>();
    for (Fields route : tenant.maps(TenantKeys.ROUTES, TenantKeys.ROUTE)) {
      routes.add(
          new Route(
              name(route, names),
              condition(route),
              steps(route),
              targets(route),
              route.find(TenantKeys.ON_POISON)));
    }
    refuseTwoMinds(tenant, routes);
    return routes;
  }

  /// A tenant's events into one sink have one order, whichever route they take.
  private static void refuseTwoMinds(Fields tenant, List<Route> routes) {
    var first = new LinkedHashMap<String, Route>();
    for (Route route : routes) {
      for (Target target : route.targets()) {
        Route before = first.putIfAbsent(target.sink(), route);
        if (before != null && !before.onPoison().equals(route.onPoison())) {
          tenant.problem(
              TenantKeys.ROUTES,
              "%s: the routes %s and %s both end in %s and must say the same of on_poison: its events wait there in one order"
                  .formatted(
                      tenant.pathOf(TenantKeys.ROUTES),
                      before.name(),
                      route.name(),
                      target.sink()));
        }
      }
    }
  }

  private static String name(Fields route, Set<String> names) {
    String name = route.find(TenantKeys.ROUTE_NAME).orElse("");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
      route.problem(
          TenantKeys.ROUTE_NAME,
          route.path() + " needs a name: 1 to 64 letters, digits, '_' or '-'");
    } else if (!names.add(name)) {
      route.problem(TenantKeys.ROUTE_NAME, "%s: two are called %s".formatted(route.path(), name));
    }
    return name;
  }

  private static Condition condition(Fields route) {
    List<String> types = route.texts(TenantKeys.EVENT_TYPES).stream().map(Text::value).toList();
    List<FieldTest> tests =
        route.maps(TenantKeys.FIELDS, TenantKeys.FIELD_TEST).stream()
            .map(RoutesReader::test)
            .toList();
    return new Condition(types, tests);
  }

  private static FieldTest test(Fields fields) {
    String path = fields.find(TenantKeys.FIELD).orElse("");
    if (path.isEmpty()) {
      fields.problem(TenantKeys.FIELD, fields.path() + " needs a field");
    }
    List<Setting<?>> given =
        Stream.<Setting<?>>of(TenantKeys.IN, TenantKeys.NOT_IN, TenantKeys.EXISTS)
            .filter(fields::has)
            .toList();
    if (given.size() != 1) {
      fields.problem(TenantKeys.FIELD, fields.path() + " needs one of in, not_in and exists");
    }
    if (fields.has(TenantKeys.IN)) {
      return new FieldTest(path, FieldTest.Kind.IN, valuesOf(fields, TenantKeys.IN));
    }
    if (fields.has(TenantKeys.NOT_IN)) {
      return new FieldTest(path, FieldTest.Kind.NOT_IN, valuesOf(fields, TenantKeys.NOT_IN));
    }
    boolean exists = fields.find(TenantKeys.EXISTS).orElse(true);
    return new FieldTest(path, exists ? FieldTest.Kind.EXISTS : FieldTest.Kind.ABSENT, Set.of());
  }

  private static Set<String> valuesOf(Fields fields, Setting<?> setting) {
    var values = new LinkedHashSet<String>();
    fields.texts(setting).forEach(text -> values.add(text.value()));
    return values;
  }

  private List<Step> steps(Fields route) {
    var steps = new ArrayList<Step>();
    for (Fields fields : route.maps(TenantKeys.TRANSFORM, TenantKeys.COMPONENT)) {
      String name = fields.find(TenantKeys.COMPONENT_NAME).orElse("");
      TransformFactory<?> factory = components.transforms().get(name);
      Map<String, Text> texts = config(fields);
      if (factory == null) {
        Set<String> known = new TreeSet<>(components.transforms().keySet());
        fields.problem(
            TenantKeys.COMPONENT_NAME,
            name.isEmpty()
                ? fields.path() + " needs the name of a transform"
                : "%s: there is no transform \"%s\"%s%s"
                    .formatted(
                        fields.path(), name, Nearest.hint(name, known), components.brokenHint()));
      } else {
        check(fields, factory.spec(), texts);
      }
      steps.add(new Step(name, plain(texts)));
    }
    return steps;
  }

  /// Its settings are all known, there and as they must be, each by itself and together.
  private void check(Fields fields, ComponentSpec<?> spec, Map<String, Text> texts) {
    String path = fields.path() + "." + spec.name();
    List<String> known = ConfigChecker.names(spec.settings());
    boolean good = true;
    for (var text : texts.entrySet()) {
      if (!known.contains(text.getKey())) {
        values.problem(
            text.getValue().place(),
            "unknown key %s.%s%s"
                .formatted(path, text.getKey(), Nearest.hint(text.getKey(), known)));
        good = false;
      }
    }
    for (Setting<?> setting : spec.settings()) {
      Text text = texts.get(setting.name());
      if (text == null && setting.isRequired()) {
        fields.problem(
            TenantKeys.COMPONENT_CONFIG,
            path + "." + setting.name() + " is missing: " + setting.summary());
        good = false;
      } else if (text != null
          && values.parse(path + "." + setting.name(), setting, text).isEmpty()) {
        good = false;
      }
    }
    if (good) {
      try {
        var _ = spec.reader().apply(new Settings(plain(texts)));
      } catch (IllegalArgumentException e) {
        fields.problem(TenantKeys.COMPONENT_CONFIG, path + ": " + e.getMessage());
      }
    }
  }

  private List<Target> targets(Fields route) {
    var targets = new ArrayList<Target>();
    for (Fields fields : route.maps(TenantKeys.SINKS, TenantKeys.COMPONENT)) {
      String name = fields.find(TenantKeys.COMPONENT_NAME).orElse("");
      Map<String, Text> texts = config(fields);
      sink(fields, name, texts)
          .ifPresent(sink -> {
            check(fields, sink, texts);
            targets.add(new Target(sink.name(), plain(texts)));
          });
    }
    return targets;
  }

  private Optional<RouteSinks.Named> sink(Fields fields, String name, Map<String, Text> texts) {
    Optional<RouteSinks.Named> exact =
        sinks.all().stream().filter(sink -> sink.name().equals(name)).findFirst();
    if (exact.isPresent()) {
      return exact;
    }
    String kind =
        name.endsWith(SINK_SUFFIX) ? name.substring(0, name.length() - SINK_SUFFIX.length()) : "";
    if (sinks.isBroken(name, kind)) {
      return Optional.empty();
    }
    if (!kind.isEmpty()) {
      List<RouteSinks.Named> ofKind =
          sinks.all().stream().filter(sink -> sink.kind().equals(kind)).toList();
      if (ofKind.size() == 1) {
        return Optional.of(ofKind.getFirst());
      }
      if (ofKind.isEmpty()) {
        return sinks.imply(kind, texts, fields.place(TenantKeys.COMPONENT_NAME));
      }
      fields.problem(
          TenantKeys.COMPONENT_NAME,
          "%s: there are several sinks of the type %s, name one of them: %s"
              .formatted(fields.path(), kind, String.join(", ", names(ofKind))));
      return Optional.empty();
    }
    fields.problem(
        TenantKeys.COMPONENT_NAME,
        "%s: there is no sink \"%s\"%s"
            .formatted(fields.path(), name, Nearest.hint(name, names(List.copyOf(sinks.all())))));
    return Optional.empty();
  }

  private static List<String> names(List<RouteSinks.Named> sinks) {
    return sinks.stream().map(RouteSinks.Named::name).toList();
  }

  /// What a route says of a sink is something that its kind can be told, and no secret: those are
  /// the sink's own.
  private void check(Fields fields, RouteSinks.Named sink, Map<String, Text> texts) {
    String path = fields.path() + "." + sink.name();
    texts.forEach((name, text) -> {
      Optional<Setting<?>> setting =
          sink.settings().stream().filter(each -> each.name().equals(name)).findFirst();
      if (setting.isEmpty()) {
        values.problem(
            text.place(),
            "unknown key %s.%s%s"
                .formatted(path, name, Nearest.hint(name, ConfigChecker.names(sink.settings()))));
      } else if (setting.get().isSecret()) {
        values.problem(
            text.place(), "%s.%s belongs to sinks.%s".formatted(path, name, sink.name()));
      } else {
        refuseOther(path, sink, setting.get(), text);
      }
    });
  }

  /// **What a route says of a sink that is there already must be so already**: a sink has one
  /// destination, and one cursor.
  private <T> void refuseOther(String path, RouteSinks.Named sink, Setting<T> setting, Text text) {
    Optional<T> wanted = values.parse(path + "." + setting.name(), setting, text);
    Optional<T> given =
        Optional.ofNullable(sink.texts().get(setting.name()))
            .or(setting::defaultText)
            .map(setting::parse);
    if (wanted.isPresent() && !wanted.equals(given)) {
      values.problem(
          text.place(),
          "%s.%s is %s here, but sinks.%s has %s: a sink has one destination; add another one to sinks, under a name of its own, and name it here"
              .formatted(
                  path,
                  setting.name(),
                  text.value(),
                  sink.name(),
                  given.map(Object::toString).orElse("none")));
    }
  }

  /// The settings as texts; lists and maps in them as JSON.
  private Map<String, Text> config(Fields component) {
    Yaml.Entry entry = component.mapping().entries().get(TenantKeys.COMPONENT_CONFIG.name());
    var texts = new LinkedHashMap<String, Text>();
    if (entry == null || (entry.value() instanceof Yaml.Scalar none && none.value().isEmpty())) {
      return texts;
    }
    if (!(entry.value() instanceof Yaml.Mapping mapping)) {
      component.problem(
          TenantKeys.COMPONENT_CONFIG,
          component.pathOf(TenantKeys.COMPONENT_CONFIG) + " must hold keys and values");
      return texts;
    }
    mapping
        .entries()
        .forEach((name, value) ->
            texts.put(
                name, new Text(YamlJson.textOf(value.value()), "line " + value.value().line())));
    return texts;
  }

  private static Map<String, String> plain(Map<String, Text> texts) {
    var plain = new LinkedHashMap<String, String>();
    texts.forEach((name, text) -> plain.put(name, text.value()));
    return plain;
  }
}
