package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.ingress.kafka.KafkaSourceConfig;
import io.pulsegate.server.config.ServerConfig.SourceEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// Reads `sources`: topics in Kafka whose records become events.
final class SourcesReader {
  static final String SECTION = "sources";
  private static final String TYPE = "type";
  private static final String NAMES = "[a-z][a-z0-9_-]{0,31}";
  private static final ComponentSpec<KafkaSourceConfig> SPEC = KafkaSourceConfig.SPEC;

  private final Values values;

  SourcesReader(Values values) {
    this.values = values;
  }

  List<SourceEntry> read(Yaml.Mapping root) {
    List<SourceEntry> sources = new ArrayList<>();
    values
        .mapping(root, SECTION)
        .entries()
        .forEach((name, entry) -> source(name, entry).ifPresent(sources::add));
    return sources;
  }

  private Optional<SourceEntry> source(String name, Yaml.Entry entry) {
    String place = "line " + entry.line();
    String path = SECTION + "." + name;
    if (!name.matches(NAMES)) {
      values.problem(
          place,
          "a source's name is 1 to 32 small letters, digits, '_' or '-', beginning with a letter; was \"%s\""
              .formatted(name));
      return Optional.empty();
    }
    if (!(entry.value() instanceof Yaml.Mapping mapping)) {
      values.problem(place, path + " must hold a type and its settings");
      return Optional.empty();
    }
    Map<String, Text> texts = values.texts(path, mapping);
    Text type = texts.remove(TYPE);
    if (type == null || !type.value().equals(SPEC.name())) {
      values.problem(place, path + " needs a type: " + SPEC.name());
      return Optional.empty();
    }
    return settings(path, place, texts).flatMap(raw -> checked(name, place, raw));
  }

  private Optional<Map<String, String>> settings(
      String path, String place, Map<String, Text> texts) {
    List<String> known = ConfigChecker.names(SPEC.settings());
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
    var raw = new LinkedHashMap<String, String>();
    for (Setting<?> setting : SPEC.settings()) {
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
    return good ? Optional.of(raw) : Optional.empty();
  }

  private Optional<SourceEntry> checked(String name, String place, Map<String, String> raw) {
    try {
      KafkaSourceConfig config = SPEC.reader().apply(new Settings(raw));
      List<String> dialects =
          ServiceLoader.load(DialectFactory.class).stream()
              .map(provider -> provider.get().name())
              .sorted()
              .toList();
      if (!dialects.contains(config.dialect())) {
        values.problem(
            place,
            "%s.%s.dialect: there is no dialect \"%s\"%s"
                .formatted(
                    SECTION, name, config.dialect(), Nearest.hint(config.dialect(), dialects)));
        return Optional.empty();
      }
      return Optional.of(new SourceEntry(name, config));
    } catch (IllegalArgumentException e) {
      values.problem(place, SECTION + "." + name + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
