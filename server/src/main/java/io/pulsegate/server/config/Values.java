package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads the keys of [Keys], notes where each value came from, and goes on after a mistake with the
/// default, so that all mistakes are found in one go.
final class Values {
  static final String MASK = "***";

  private final ConfigSource source;
  private final Yaml.Mapping root;
  private final Consumer<Problem> problems;
  private final List<ServerConfig.Effective> effective = new ArrayList<>();

  Values(ConfigSource source, Yaml.Mapping root, Consumer<Problem> problems) {
    this.source = source;
    this.root = root;
    this.problems = problems;
  }

  /// All values asked for so far.
  List<ServerConfig.Effective> effective() {
    return effective;
  }

  /// The value of a key that has a default.
  <T> T get(Key<T> key) {
    return find(key).orElseThrow(() -> new IllegalStateException(key.path() + " has no default"));
  }

  /// The value, or the default; empty where there is neither.
  <T> Optional<T> find(Key<T> key) {
    Optional<Text> text = text(key);
    note(key.path(), key.setting(), text);
    Optional<T> fallback = key.setting().defaultText().map(key.setting()::parse);
    return text.flatMap(given -> parse(key.path(), key.setting(), given)).or(() -> fallback);
  }

  /// Parses one text; what is wrong goes to the problems.
  <T> Optional<T> parse(String path, Setting<T> setting, Text text) {
    try {
      return Optional.of(setting.parse(text.value()));
    } catch (IllegalArgumentException e) {
      problem(text.place(), path + " " + e.getMessage());
      return Optional.empty();
    }
  }

  void note(String path, Setting<?> setting, Optional<Text> text) {
    Optional<String> shown = text.map(Text::value).or(setting::defaultText);
    shown.ifPresent(value ->
        effective.add(
            new ServerConfig.Effective(
                path, setting.isSecret() ? MASK : value, text.map(Text::place).orElse("default"))));
  }

  /// Where a key's value came from, for a problem found later.
  String place(Key<?> key) {
    return text(key).map(Text::place).orElse("default");
  }

  void problem(String place, String text) {
    problems.accept(new Problem(place, text));
  }

  /// Checks the keys of a map against those there are.
  void knownOnly(String section, Yaml.Mapping mapping, Collection<String> known) {
    mapping
        .entries()
        .forEach((name, entry) -> {
          if (!known.contains(name)) {
            String path = section.isEmpty() ? name : section + "." + name;
            problem("line " + entry.line(), "unknown key " + path + Nearest.hint(name, known));
          }
        });
  }

  /// The map under a key of a map; an empty one where there is none.
  Yaml.Mapping mapping(Yaml.Mapping parent, String name) {
    Yaml.Entry entry = parent.entries().get(name);
    if (entry == null
        || (entry.value() instanceof Yaml.Scalar scalar && scalar.value().isEmpty())) {
      return Yaml.Mapping.EMPTY;
    }
    if (entry.value() instanceof Yaml.Mapping mapping) {
      return mapping;
    }
    problem("line " + entry.line(), name + " must hold keys and values");
    return Yaml.Mapping.EMPTY;
  }

  /// The texts of a map; anything else in it is a problem.
  Map<String, Text> texts(String path, Yaml.Mapping mapping) {
    var texts = new LinkedHashMap<String, Text>();
    mapping
        .entries()
        .forEach((name, entry) -> {
          if (entry.value() instanceof Yaml.Scalar scalar) {
            texts.put(name, scalar.text());
          } else {
            problem("line " + entry.line(), path + "." + name + " must be a single value");
          }
        });
    return texts;
  }

  private Optional<Text> text(Key<?> key) {
    for (String flag : key.flags()) {
      if (source.flags().containsKey(flag)) {
        return Optional.of(new Text(source.flags().getOrDefault(flag, ""), flag));
      }
    }
    for (String variable : key.variables()) {
      String value = source.environment().getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return Optional.of(new Text(value.strip() + key.variableUnit(), variable));
      }
    }
    return fromFile(key);
  }

  private Optional<Text> fromFile(Key<?> key) {
    Yaml.Mapping section = root;
    if (!key.section().isEmpty()) {
      Yaml.Entry entry = root.entries().get(key.section());
      if (entry == null || !(entry.value() instanceof Yaml.Mapping mapping)) {
        return Optional.empty();
      }
      section = mapping;
    }
    Yaml.Entry entry = section.entries().get(key.setting().name());
    if (entry != null && entry.value() instanceof Yaml.Scalar scalar && !scalar.value().isEmpty()) {
      return Optional.of(scalar.text());
    }
    return Optional.empty();
  }
}
