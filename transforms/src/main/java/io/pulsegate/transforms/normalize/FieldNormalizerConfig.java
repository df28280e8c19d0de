package io.pulsegate.transforms.normalize;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settings of `field_normalizer`; all maps are by path and keep their order.
///
/// @param renames old path to new path
record FieldNormalizerConfig(
    Map<String, String> renames,
    Map<String, Cast> casts,
    Map<String, JsonValue> defaults,
    List<String> drops,
    OnMisfit onMisfit) {
  /// What becomes of a value that cannot be cast.
  enum OnMisfit {
    KEEP,
    DROP_FIELD,
    FAIL
  }

  static final Setting<JsonValue> RENAME =
      Setting.structure(
              "rename",
              "Map from a path to the path its value moves to, such as {usr.id: user_id}.")
          .orElse("{}");
  static final Setting<JsonValue> CAST =
      Setting.structure(
              "cast",
              "Map from a path to string, number or boolean. Numbers keep their digits; null stays.")
          .orElse("{}");
  static final Setting<JsonValue> DEFAULT =
      Setting.structure("default", "Map from a path to the value it gets where there is none.")
          .orElse("{}");
  static final Setting<JsonValue> DROP =
      Setting.structure("drop", "List of paths to take away.").orElse("[]");
  static final Setting<OnMisfit> ON_MISFIT =
      Setting.choice(
              "on_misfit",
              OnMisfit.class,
              "What becomes of a value that cannot be cast: it is kept, its field is dropped, or the"
                  + " event becomes a dead letter.")
          .orElse("keep");

  static final ComponentSpec<FieldNormalizerConfig> SPEC =
      new ComponentSpec<>(
          "field_normalizer",
          "Renames, casts, fills in and drops fields, in this order.",
          List.of(RENAME, CAST, DEFAULT, DROP, ON_MISFIT),
          FieldNormalizerConfig::read);

  private static FieldNormalizerConfig read(Settings settings) {
    var renames = new LinkedHashMap<String, String>();
    Shapes.map(settings, RENAME)
        .forEach((from, to) -> renames.put(from, Shapes.text("each of rename", to)));
    var casts = new LinkedHashMap<String, Cast>();
    Shapes.map(settings, CAST)
        .forEach((path, kind) -> casts.put(path, Cast.of(Shapes.text("each of cast", kind))));
    return new FieldNormalizerConfig(
        renames,
        casts,
        Shapes.map(settings, DEFAULT),
        Shapes.texts(settings, DROP),
        settings.get(ON_MISFIT));
  }
}
