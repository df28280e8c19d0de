package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.core.OnPoison;
import io.pulsegate.server.config.ServerConfig.SinkEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads `sinks` by what each kind of sink declares, and makes those that routes name without the
/// file having them.
final class SinksReader implements RouteSinks {
  private static final String TYPE = "type";

  /// A key that every sink has.
  static final Setting<OnPoison> ON_POISON =
      Setting.choice(
              "on_poison",
              OnPoison.class,
              "What becomes of an event that it will never take: dead_letter keeps it aside and goes on, halt has its tenant's events behind it wait for a person. A route may say otherwise.")
          .orElse("dead_letter");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
  private static final String EMBEDDED = "duckdb";
  private static final String POSTGRES = "postgres";
  private static final String KAFKA = "kafka";
  private static final String S3 = "s3";
  private static final List<String> KAFKA_ADDRESSES =
      List.of("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BROKERS");

  private final Map<String, SinkFactory<?>> factories;
  private final Values values;
  private final Map<String, String> environment;
  private final List<SinkEntry<?>> sinks = new ArrayList<>();

  /// Kinds by name of the sinks that have mistakes; empty where even the kind is not known.
  private final Map<String, String> broken = new HashMap<>();

  SinksReader(
      Map<String, SinkFactory<?>> factories, Values values, Map<String, String> environment) {
    this.factories = factories;
    this.values = values;
    this.environment = environment;
  }

  /// Takes the sinks of the file.
  void read(Yaml.Mapping root) {
    values
        .mapping(root, "sinks")
        .entries()
        .forEach((name, entry) -> {
          broken.put(name, "");
          fromFile(name, entry)
              .ifPresent(sink -> {
                broken.remove(name);
                sinks.add(sink);
              });
        });
  }

  /// All sinks. Where neither the file nor a route names one: PostgreSQL where `DATABASE_URL` is
  /// set, Kafka where `KAFKA_BOOTSTRAP_SERVERS` is, both where both are; the embedded DuckDB
  /// otherwise; beside them the exports that `RAW_S3_BUCKET` and `PROCESSED_S3_BUCKET` ask for. An
  /// empty `sinks: {}` is taken at its word.
  List<SinkEntry<?>> finish(Yaml.Mapping root, Path dataFolder) {
    if (sinks.isEmpty() && !root.entries().containsKey("sinks")) {
      List<String> variables = new ArrayList<>(KAFKA_ADDRESSES);
      variables.removeIf(variable -> environment.getOrDefault(variable, "").isEmpty());
      String url = environment.getOrDefault("DATABASE_URL", "");
      if (!url.isEmpty()) {
        var text = new Text(url, "DATABASE_URL");
        sink(POSTGRES, POSTGRES, Map.of("url", text), text.place()).ifPresent(sinks::add);
      }
      if (!variables.isEmpty()) {
        Optional<Named> _ = imply(KAFKA, Map.of(), variables.getFirst());
      }
      ExportVariables.sinks(environment)
          .forEach((name, texts) ->
              sink(name, S3, texts, ExportVariables.placeOf(texts)).ifPresent(sinks::add));
      if (url.isEmpty() && variables.isEmpty()) {
        sink(EMBEDDED, EMBEDDED, Map.of(), "default").ifPresent(sinks::add);
      }
    }
    refuseSharedPlaces(root, dataFolder);
    return List.copyOf(sinks);
  }

  /// Every tenant's events go into every sink where no route says otherwise, and each sink has a
  /// cursor of its own: in one table all would be there twice.
  private void refuseSharedPlaces(Yaml.Mapping root, Path dataFolder) {
    var nameOfPlace = new HashMap<String, String>();
    for (SinkEntry<?> sink : sinks) {
      sink.place(dataFolder)
          .ifPresent(place -> {
            String before = nameOfPlace.putIfAbsent(place, sink.name());
            if (before != null) {
              values.problem(
                  line(root, sink.name()),
                  "sinks.%s and sinks.%s both write into %s: every event would be stored twice; leave one out, or give it a table of its own"
                      .formatted(before, sink.name(), place));
            }
          });
    }
  }

  private static String line(Yaml.Mapping root, String sink) {
    Yaml.Entry section = root.entries().get("sinks");
    return section != null
            && section.value() instanceof Yaml.Mapping mapping
            && mapping.entries().containsKey(sink)
        ? "line " + mapping.entries().get(sink).line()
        : "default";
  }

  @Override
  public List<Named> all() {
    return sinks.stream().map(Named::of).toList();
  }

  @Override
  public boolean isBroken(String name, String kind) {
    return broken.containsKey(name)
        || (!kind.isEmpty() && (broken.containsValue(kind) || broken.containsValue("")));
  }

  /// Its settings come from the first route that names it, else from the environment:
  /// `DATABASE_URL` for PostgreSQL, `KAFKA_BROKERS` for Kafka, for every kind its name and the
  /// setting's, such as `KAFKA_TOPIC`.
  @Override
  public Optional<Named> imply(String kind, Map<String, Text> texts, String place) {
    SinkFactory<?> factory = factories.get(kind);
    if (factory == null) {
      values.problem(
          place,
          "there is no sink \"%s_sink\"%s"
              .formatted(
                  kind,
                  Nearest.hint(
                      kind + "_sink", types().stream().map(type -> type + "_sink").toList())));
      return Optional.empty();
    }
    var given = new LinkedHashMap<String, Text>();
    for (Setting<?> setting : factory.spec().settings()) {
      Optional<Text> text =
          Optional.ofNullable(texts.get(setting.name()))
              .or(() -> fromEnvironment(kind, setting.name()));
      text.ifPresent(found -> given.put(setting.name(), found));
    }
    Optional<SinkEntry<?>> made = sink(kind, kind, given, place);
    made.ifPresentOrElse(sinks::add, () -> broken.put(kind, kind));
    return made.map(Named::of);
  }

  private Optional<Text> fromEnvironment(String kind, String setting) {
    var variables = new ArrayList<String>();
    variables.add((kind + "_" + setting).toUpperCase(Locale.ROOT));
    if (kind.equals(POSTGRES) && setting.equals("url")) {
      variables.add("DATABASE_URL");
    }
    if (kind.equals(KAFKA) && (setting.equals("brokers") || setting.equals("bootstrap_servers"))) {
      variables.addAll(KAFKA_ADDRESSES);
    }
    if (kind.equals(KAFKA) && setting.equals("dead_letter_topic")) {
      variables.add("DLQ_TOPIC");
    }
    return variables.stream()
        .filter(variable -> !environment.getOrDefault(variable, "").isEmpty())
        .findFirst()
        .map(variable -> new Text(environment.getOrDefault(variable, ""), variable));
  }

  private Optional<SinkEntry<?>> fromFile(String name, Yaml.Entry entry) {
    String place = "line " + entry.line();
    String path = "sinks." + name;
    if (!NAME.matcher(name).matches()) {
      values.problem(
          place,
          "a sink's name is 1 to 32 small letters, digits, '_' or '-', beginning with a letter; was \"%s\""
              .formatted(name));
    }
    if (!(entry.value() instanceof Yaml.Mapping mapping)) {
      values.problem(place, path + " must hold a type and its settings");
      return Optional.empty();
    }
    Map<String, Text> texts = texts(path, mapping);
    Text type = texts.remove(TYPE);
    if (type == null) {
      withoutType(path, texts, place);
      return Optional.empty();
    }
    if (!factories.containsKey(type.value())) {
      values.problem(
          type.place(),
          "%s.type: there is no sink \"%s\"%s"
              .formatted(path, type.value(), Nearest.hint(type.value(), types())));
      unknown(path, texts, settingsOfAll());
      return Optional.empty();
    }
    broken.put(name, type.value());
    return sink(name, type.value(), texts, place);
  }

  /// What can be said of a sink whose kind is not known: which keys no kind has.
  private void withoutType(String path, Map<String, Text> texts, String place) {
    List<String> known = new ArrayList<>(settingsOfAll());
    boolean misspelt =
        texts.keySet().stream()
            .anyMatch(key -> !known.contains(key) && Nearest.to(key, List.of(TYPE)).isPresent());
    if (!misspelt) {
      values.problem(place, path + " needs a type: " + String.join(", ", types()));
    }
    known.addFirst(TYPE);
    unknown(path, texts, known);
  }

  private List<String> settingsOfAll() {
    return factories.values().stream()
        .flatMap(factory -> ConfigChecker.names(settings(factory.spec())).stream())
        .distinct()
        .sorted()
        .toList();
  }

  /// @return whether there was none
  private boolean unknown(String path, Map<String, Text> texts, List<String> known) {
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
    return good;
  }

  /// The settings as texts; lists and maps as JSON, where the kind of sink takes such.
  private Map<String, Text> texts(String path, Yaml.Mapping mapping) {
    Yaml.Entry type = mapping.entries().get(TYPE);
    Set<String> structures =
        type != null && type.value() instanceof Yaml.Scalar name
            ? structures(name.value())
            : Set.of();
    var scalars = new LinkedHashMap<>(mapping.entries());
    scalars.keySet().removeAll(structures);
    Map<String, Text> texts = values.texts(path, new Yaml.Mapping(scalars, mapping.line()));
    mapping
        .entries()
        .forEach((name, entry) -> {
          if (structures.contains(name)) {
            texts.put(name, new Text(YamlJson.textOf(entry.value()), "line " + entry.line()));
          }
        });
    return texts;
  }

  private Set<String> structures(String type) {
    return Optional.<SinkFactory<?>>ofNullable(factories.get(type)).stream()
        .flatMap(factory -> factory.spec().settings().stream())
        .filter(setting -> setting.type() == Setting.Type.STRUCTURE)
        .map(Setting::name)
        .collect(Collectors.toSet());
  }

  private List<String> types() {
    return factories.keySet().stream().sorted().toList();
  }

  private Optional<SinkEntry<?>> sink(
      String name, String type, Map<String, Text> texts, String place) {
    SinkFactory<?> factory = factories.get(type);
    if (factory == null) {
      values.problem(place, "this build has no sink of the type " + type);
      return Optional.empty();
    }
    return checked(name, factory, withVariables(factory, texts), place);
  }

  /// What the file leaves open and a variable says of every sink of a kind.
  private Map<String, Text> withVariables(SinkFactory<?> factory, Map<String, Text> texts) {
    if (!factory.spec().name().equals(POSTGRES)) {
      return texts;
    }
    List<String> settings = ConfigChecker.names(factory.spec().settings());
    var all = new LinkedHashMap<>(texts);
    SeedVariables.POOL.forEach((setting, variable) -> {
      String value = environment.getOrDefault(variable, "");
      if (settings.contains(setting) && !value.isEmpty()) {
        all.putIfAbsent(setting, new Text(value, variable));
      }
    });
    return all;
  }

  /// Those of its kind, and those that all sinks have.
  private static List<Setting<?>> settings(ComponentSpec<?> spec) {
    var all = new ArrayList<Setting<?>>(spec.settings());
    all.add(ON_POISON);
    return all;
  }

  private <C> Optional<SinkEntry<?>> checked(
      String name, SinkFactory<C> factory, Map<String, Text> texts, String place) {
    ComponentSpec<C> spec = factory.spec();
    String path = "sinks." + name;
    Optional<Text> poison = Optional.ofNullable(texts.get(ON_POISON.name()));
    Optional<OnPoison> onPoison =
        poison.isEmpty()
            ? Optional.of(OnPoison.DEAD_LETTER)
            : values.parse(path + "." + ON_POISON.name(), ON_POISON, poison.get());
    boolean good =
        unknown(path, texts, ConfigChecker.names(settings(spec))) && onPoison.isPresent();
    var raw = new LinkedHashMap<String, String>();
    for (Setting<?> setting : spec.settings()) {
      Optional<Text> text = Optional.ofNullable(texts.get(setting.name()));
      values.note(path + "." + setting.name(), setting, text);
      text.ifPresent(given -> raw.put(setting.name(), given.value()));
      if (text.isEmpty() && setting.isRequired()) {
        values.problem(place, path + "." + setting.name() + " is missing: " + setting.summary());
        good = false;
      } else if (text.isPresent()
          && values.parse(path + "." + setting.name(), setting, text.get()).isEmpty()) {
        good = false;
      }
    }
    if (!good) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SinkEntry<>(
              name, factory, spec.reader().apply(new Settings(raw)), raw, onPoison.orElseThrow()));
    } catch (IllegalArgumentException e) {
      values.problem(place, path + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
