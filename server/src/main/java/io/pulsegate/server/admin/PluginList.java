package io.pulsegate.server.admin;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.plugins.Components;
import io.pulsegate.server.plugins.Components.Component;
import io.pulsegate.server.sql.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What `pulsegate plugins` and the admin API say of sinks, transforms and broken jars.
public final class PluginList {
  private static final String OURS = "built in";

  /// A component, or a jar that cannot be used.
  record Row(
      String name, String kind, String version, String jar, ComponentSpec<?> spec, String trouble) {
    static final ComponentSpec<String> NONE =
        new ComponentSpec<>("", "", List.of(), settings -> "");

    static Row of(Component component) {
      return new Row(
          component.spec().name(),
          component.kind().name().toLowerCase(Locale.ROOT),
          component.version(),
          component.jar().isEmpty() ? OURS : component.jar(),
          component.spec(),
          "");
    }

    static Row of(Components.Broken broken) {
      return new Row("", "broken", "", broken.jar(), NONE, broken.reason());
    }

    String settings() {
      return trouble.isEmpty()
          ? spec.settings().stream()
              .map(setting -> setting.name() + (setting.isRequired() ? "*" : ""))
              .collect(Collectors.joining(" "))
          : trouble;
    }
  }

  static final Listing<Row> LISTING =
      new Listing<Row>("plugins")
          .with("name", Row::name)
          .with("kind", Row::kind)
          .with("version", Row::version)
          .with("jar", Row::jar)
          .with("settings", Row::settings, PluginList::settings)
          .with("summary", row -> row.spec().summary())
          .with("trouble", Row::trouble);

  private PluginList() {}

  private static JsonWriter settings(Row row) {
    var json = new JsonWriter().beginArray();
    for (Setting<?> setting : row.spec().settings()) {
      json.beginObject()
          .field("name", setting.name())
          .field("type", setting.type().name().toLowerCase(Locale.ROOT))
          .field("required", setting.isRequired())
          .field("secret", setting.isSecret())
          .field("summary", setting.summary());
      setting.defaultText().ifPresent(text -> json.field("default", text));
      if (!setting.choices().isEmpty()) {
        json.name("choices").beginArray();
        setting.choices().forEach(json::value);
        json.endArray();
      }
      json.endObject();
    }
    return json.endArray();
  }

  static List<Row> rows(Components components) {
    var rows = new ArrayList<Row>();
    components.all().forEach(component -> rows.add(Row.of(component)));
    components.broken().forEach(broken -> rows.add(Row.of(broken)));
    return rows;
  }

  /// The list as text.
  public static String render(Components components, AnswerFormat format) {
    return LISTING.render(format, rows(components));
  }
}
