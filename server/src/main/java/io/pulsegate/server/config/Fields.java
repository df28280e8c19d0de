package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the keys of one map, such as one tenant; what is wrong goes to the problems.
///
/// @param path what the map is called in problems
record Fields(Values values, String path, Yaml.Mapping mapping) {
  /// The fields of a map that may have only these keys.
  static Fields of(Values values, String path, Yaml.Mapping mapping, List<Setting<?>> known) {
    values.knownOnly(path, mapping, ConfigChecker.names(known));
    return new Fields(values, path, mapping);
  }

  String pathOf(Setting<?> setting) {
    return path + "." + setting.name();
  }

  /// Where the map, or one of its keys, stands.
  String place(Setting<?> setting) {
    Yaml.Entry entry = mapping.entries().get(setting.name());
    return "line " + (entry == null ? mapping.line() : entry.line());
  }

  void problem(Setting<?> setting, String text) {
    values.problem(place(setting), text);
  }

  boolean has(Setting<?> setting) {
    return mapping.entries().containsKey(setting.name());
  }

  /// Whether a list stands there, or nothing behind the key.
  boolean isList(Setting<?> setting) {
    Yaml.Entry entry = mapping.entries().get(setting.name());
    return entry != null
        && switch (entry.value()) {
          case Yaml.Sequence _ -> true;
          case Yaml.Scalar scalar -> scalar.value().isEmpty();
          case Yaml.Mapping _ -> false;
        };
  }

  /// A single value, or its default; empty where there is neither or it cannot be read.
  <T> Optional<T> find(Setting<T> setting) {
    Optional<Text> text = text(setting);
    Optional<T> fallback = setting.defaultText().map(setting::parse);
    return text.flatMap(given -> values.parse(pathOf(setting), setting, given)).or(() -> fallback);
  }

  /// The same, shown among the values in force.
  <T> Optional<T> show(Setting<T> setting) {
    values.note(pathOf(setting), setting, text(setting));
    return find(setting);
  }

  private Optional<Text> text(Setting<?> setting) {
    Yaml.Entry entry = mapping.entries().get(setting.name());
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value() instanceof Yaml.Scalar scalar) {
      return scalar.value().isEmpty() ? Optional.empty() : Optional.of(scalar.text());
    }
    problem(setting, pathOf(setting) + " must be a single value");
    return Optional.empty();
  }

  /// The items of a list, or the one value that stands there instead.
  List<Yaml> items(Setting<?> setting) {
    Yaml.Entry entry = mapping.entries().get(setting.name());
    if (entry == null) {
      return List.of();
    }
    return switch (entry.value()) {
      case Yaml.Sequence(var items, var _) -> items;
      case Yaml.Scalar scalar -> scalar.value().isEmpty() ? List.of() : List.of(scalar);
      case Yaml.Mapping one -> List.of(one);
    };
  }

  /// The items of a list of texts.
  List<Text> texts(Setting<?> setting) {
    var texts = new ArrayList<Text>();
    for (Yaml item : items(setting)) {
      if (item instanceof Yaml.Scalar scalar && !scalar.value().isEmpty()) {
        texts.add(scalar.text());
      } else {
        values.problem("line " + item.line(), pathOf(setting) + " must be a list of texts");
      }
    }
    return texts;
  }

  /// The items of a list of maps, each with these keys.
  List<Fields> maps(Setting<?> setting, List<Setting<?>> known) {
    var maps = new ArrayList<Fields>();
    for (Yaml item : items(setting)) {
      if (item instanceof Yaml.Mapping map) {
        maps.add(of(values, pathOf(setting), map, known));
      } else {
        values.problem(
            "line " + item.line(),
            pathOf(setting)
                + " must be a list of maps with "
                + String.join(", ", ConfigChecker.names(known)));
      }
    }
    return maps;
  }
}
