package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Origins;
import io.pulsegate.api.Setting;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Privacy;
import io.pulsegate.server.config.DialectsConfig.Attribution;
import io.pulsegate.server.config.DialectsConfig.Binding;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.config.DialectsConfig.Lookup;
import io.pulsegate.server.config.DialectsConfig.Memory;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Reads `dialects`.
///
/// Where neither tenants nor dialects nor a key of one's own are configured and the server listens
/// on loopback, every dialect is bound to the tenant `demo`.
final class DialectsReader {
  private static final String SECTION = "dialects";
  private static final String DEVELOPMENT = "development";

  private final Values values;
  private final Map<String, String> environment;
  private final Set<TenantId> tenants;

  /// What surrounds the section.
  ///
  /// @param loopback whether the server listens on loopback
  /// @param demo whether nothing names tenants or keys
  /// @param templates checks a tenant
  record Surroundings(boolean loopback, boolean demo, Consumer<Yaml.Mapping> templates) {}

  DialectsReader(Values values, Map<String, String> environment, List<TenantEntry> tenants) {
    this.values = values;
    this.environment = environment;
    this.tenants = tenants.stream().map(TenantEntry::id).collect(Collectors.toSet());
  }

  DialectsConfig read(Yaml.Mapping root, Surroundings around) {
    Yaml.Mapping section = values.mapping(root, SECTION);
    values.knownOnly(SECTION, section, DialectKeys.ALL.keySet());
    boolean standard = around.demo() && around.loopback() && section.entries().isEmpty();
    Optional<TenantId> host = standard ? tenants.stream().findFirst() : Optional.empty();
    var bindings = new LinkedHashMap<String, Binding>();
    var parts = new LinkedHashMap<String, Part>();
    for (String dialect : DialectKeys.ALL.keySet()) {
      Part part = part(section, dialect);
      parts.put(dialect, part);
      bindings.put(dialect, binding(part, host));
    }
    Part metrics = parts.getOrDefault(DialectKeys.PULSE_METRICS, Part.NONE);
    var memory =
        new Memory(
            get(metrics, DialectKeys.DURABILITY).orElse(Durability.DISK),
            get(metrics, DialectKeys.BUFFER_SIZE).orElse(1));
    for (Setting<?> compatible :
        List.of(DialectKeys.BATCH_SIZE, DialectKeys.FLUSH_INTERVAL, DialectKeys.WORKER_COUNT)) {
      Optional<?> _ = get(metrics, compatible);
    }
    Part collector = parts.getOrDefault(DialectKeys.EVENT_COLLECTOR, Part.NONE);
    Part collection = parts.getOrDefault(DialectKeys.COLLECTION, Part.NONE);
    Part kaasino = parts.getOrDefault(DialectKeys.KAASINO, Part.NONE);
    String stage = environment.getOrDefault("ENVIRONMENT", DEVELOPMENT).toLowerCase(Locale.ROOT);
    return new DialectsConfig(
        bindings,
        memory,
        get(collector, DialectKeys.TEST_EVENTS).orElse(false) || standard,
        new Attribution(domains(collection), lookup(collection), template(collection, around)),
        get(kaasino, DialectKeys.METRICS_JSON).orElse(false),
        standard,
        around.loopback() && stage.equals(DEVELOPMENT));
  }

  /// What is written for one dialect.
  private record Part(String path, Yaml.Mapping mapping, Map<String, Text> texts) {
    static final Part NONE = new Part("", Yaml.Mapping.EMPTY, Map.of());
  }

  private Part part(Yaml.Mapping section, String dialect) {
    Yaml.Mapping mapping = values.mapping(section, dialect);
    String path = SECTION + "." + dialect;
    List<Setting<?>> settings = DialectKeys.ALL.getOrDefault(dialect, List.of());
    Set<String> lists = DialectKeys.LISTS.getOrDefault(dialect, Map.of()).keySet();
    var known = new TreeSet<>(ConfigChecker.names(settings));
    known.addAll(lists);
    values.knownOnly(path, mapping, known);
    var texts = new LinkedHashMap<String, Text>();
    mapping
        .entries()
        .forEach((name, entry) -> {
          switch (entry.value()) {
            case Yaml.Scalar scalar when !lists.contains(name) -> texts.put(name, scalar.text());
            case Yaml.Sequence(var items, var line) when lists.contains(name) -> {}
            case Yaml.Mapping(var entries, var line)
                when name.equals(DialectKeys.TEMPLATE.name()) -> {}
            case Yaml.Sequence(var items, var line) when name.equals(DialectKeys.ORIGINS.name()) ->
                texts.put(name, joined(path, items, line));
            default ->
                values.problem(
                    "line " + entry.line(),
                    path
                        + "."
                        + name
                        + (lists.contains(name) ? " must be a list" : " must be a single value"));
          }
        });
    return new Part(path, mapping, texts);
  }

  private Text joined(String path, List<Yaml> items, int line) {
    List<String> parts = new ArrayList<>();
    for (Yaml item : items) {
      if (item instanceof Yaml.Scalar scalar) {
        parts.add(scalar.value());
      } else {
        values.problem("line " + item.line(), path + ".origins must hold texts");
      }
    }
    return new Text(String.join(",", parts), "line " + line);
  }

  private Binding binding(Part part, Optional<TenantId> host) {
    Optional<TenantId> tenant =
        get(part, DialectKeys.TENANT)
            .flatMap(name -> known(name, part, DialectKeys.TENANT))
            .or(() -> host);
    boolean trusted =
        part.path().endsWith(DialectKeys.EVENT_COLLECTOR)
            && get(part, DialectKeys.TRUSTED).orElse(false);
    return new Binding(tenant, trusted, origins(part));
  }

  private Origins origins(Part part) {
    Optional<String> written = get(part, DialectKeys.ORIGINS);
    boolean fromPages =
        part.path().endsWith(DialectKeys.KAASINO) || part.path().endsWith(DialectKeys.COLLECTION);
    if (written.isEmpty() && fromPages) {
      String allowed = environment.getOrDefault("ALLOWED_ORIGINS", "");
      return origins(allowed.isEmpty() ? "*" : allowed, "ALLOWED_ORIGINS");
    }
    return written
        .map(text -> origins(text, place(part, DialectKeys.ORIGINS)))
        .orElse(Origins.NONE);
  }

  private Origins origins(String text, String place) {
    List<String> origins =
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .filter(origin -> !origin.isEmpty())
            .toList();
    for (String origin : origins) {
      if (!origin.equals("*") && !origin.matches("[a-z][a-z0-9+.-]*://[^/?#\\s]+")) {
        values.problem(
            place,
            "an origin is written as https://shop.example or https://shop.example:8443, without a path; was \"%s\""
                .formatted(origin));
      }
    }
    return Origins.of(origins);
  }

  private Map<String, Domain> domains(Part collection) {
    var domains = new LinkedHashMap<String, Domain>();
    for (Part item : items(collection, "domains", DialectKeys.DOMAIN)) {
      Optional<String> name = get(item, DialectKeys.DOMAIN_NAME);
      Optional<TenantId> client =
          get(item, DialectKeys.DOMAIN_CLIENT)
              .flatMap(id -> tenantId(id, place(item, DialectKeys.DOMAIN_CLIENT)));
      Privacy privacy = get(item, DialectKeys.DOMAIN_PRIVACY).orElse(Privacy.STANDARD);
      if (name.isPresent() && client.isPresent()) {
        domains.put(name.get().toLowerCase(Locale.ROOT), new Domain(client.get(), privacy));
      }
    }
    return domains;
  }

  /// The settings of tenants to come, checked as if one of them stood in the file.
  private String template(Part collection, Surroundings around) {
    Yaml.Entry entry = collection.mapping().entries().get(DialectKeys.TEMPLATE.name());
    if (entry == null || !(entry.value() instanceof Yaml.Mapping template)) {
      return "{}";
    }
    for (String own : List.of(TenantKeys.ID.name(), TenantKeys.KEYS.name())) {
      if (template.entries().containsKey(own)) {
        values.problem("line " + entry.line(), "a template for tenants has no " + own);
      }
    }
    var whole = new LinkedHashMap<>(template.entries());
    whole.put(
        TenantKeys.ID.name(),
        new Yaml.Entry(new Yaml.Scalar("template", entry.line()), entry.line()));
    around.templates().accept(new Yaml.Mapping(whole, entry.line()));
    return YamlJson.textOf(template);
  }

  private Optional<Lookup> lookup(Part collection) {
    Optional<String> variable =
        Optional.of(environment.getOrDefault("PIXEL_MANAGEMENT_URL", ""))
            .filter(text -> !text.isEmpty());
    Optional<URI> url =
        variable
            .flatMap(text ->
                values.parse(
                    "PIXEL_MANAGEMENT_URL",
                    DialectKeys.LOOKUP_URL,
                    new Text(text, "PIXEL_MANAGEMENT_URL")))
            .or(() -> get(collection, DialectKeys.LOOKUP_URL));
    if (url.isPresent()
        && (!Set.of("http", "https").contains(String.valueOf(url.get().getScheme()))
            || url.get().getHost() == null)) {
      values.problem(
          variable.isPresent() ? "PIXEL_MANAGEMENT_URL" : place(collection, DialectKeys.LOOKUP_URL),
          "pixel_management_url must begin with http:// or https:// and name a host");
      return Optional.empty();
    }
    return url.map(address ->
        new Lookup(
            address,
            get(collection, DialectKeys.CLIENT_FIELD).orElse(""),
            get(collection, DialectKeys.PRIVACY_FIELD).orElse(""),
            get(collection, DialectKeys.TIMEOUT).orElseThrow(),
            get(collection, DialectKeys.FRESH).orElseThrow(),
            get(collection, DialectKeys.STALE).orElseThrow(),
            get(collection, DialectKeys.REFUSED).orElseThrow(),
            get(collection, DialectKeys.CLIENTS_MAX).orElse(1)));
  }

  private List<Part> items(Part part, String list, List<Setting<?>> settings) {
    Yaml.Entry entry = part.mapping().entries().get(list);
    if (entry == null || !(entry.value() instanceof Yaml.Sequence(var items, var _))) {
      return List.of();
    }
    List<Part> parts = new ArrayList<>();
    for (Yaml item : items) {
      String path = part.path() + "." + list;
      if (item instanceof Yaml.Mapping mapping) {
        values.knownOnly(path, mapping, ConfigChecker.names(settings));
        Map<String, Text> texts = values.texts(path, mapping);
        for (Setting<?> setting : settings) {
          if (setting.isRequired() && !texts.containsKey(setting.name())) {
            values.problem(
                "line " + mapping.line(),
                path + " needs " + setting.name() + ": " + setting.summary());
          }
        }
        parts.add(new Part(path, mapping, texts));
      } else {
        values.problem("line " + item.line(), path + " must hold keys and values");
      }
    }
    return parts;
  }

  private Optional<TenantId> known(String name, Part part, Setting<?> setting) {
    Optional<TenantId> id = tenantId(name, place(part, setting));
    if (id.isPresent() && !tenants.contains(id.get())) {
      List<String> names = tenants.stream().map(TenantId::value).sorted().toList();
      values.problem(
          place(part, setting),
          "%s.%s: there is no tenant \"%s\"%s"
              .formatted(part.path(), setting.name(), name, Nearest.hint(name, names)));
      return Optional.empty();
    }
    return id;
  }

  private Optional<TenantId> tenantId(String name, String place) {
    try {
      return Optional.of(new TenantId(name));
    } catch (IllegalArgumentException e) {
      values.problem(place, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private <T> Optional<T> get(Part part, Setting<T> setting) {
    Optional<Text> text = Optional.ofNullable(part.texts().get(setting.name()));
    if (!part.path().isEmpty() && text.isPresent()) {
      values.note(part.path() + "." + setting.name(), setting, text);
    }
    return text.flatMap(given -> values.parse(part.path() + "." + setting.name(), setting, given))
        .or(() -> setting.defaultText().map(setting::parse));
  }

  private static String place(Part part, Setting<?> setting) {
    Text text = part.texts().get(setting.name());
    return text == null ? "line " + part.mapping().line() : text.place();
  }
}
