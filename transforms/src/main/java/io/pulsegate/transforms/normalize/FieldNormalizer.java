package io.pulsegate.transforms.normalize;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNull;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.transforms.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings fields into the form a tenant wants. A value is never moved or put over another that is
/// not an object where one would have to be: the field then stays as it was.
final class FieldNormalizer implements Transform {
  private final FieldNormalizerConfig config;

  FieldNormalizer(FieldNormalizerConfig config) {
    this.config = config;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    JsonObject payload = event.payload();
    for (Map.Entry<String, String> rename : config.renames().entrySet()) {
      payload = rename(payload, rename.getKey(), rename.getValue());
    }
    List<String> misfits = new ArrayList<>();
    for (Map.Entry<String, Cast> cast : config.casts().entrySet()) {
      payload = cast(payload, cast.getKey(), cast.getValue(), misfits);
    }
    if (!misfits.isEmpty() && config.onMisfit() == FieldNormalizerConfig.OnMisfit.FAIL) {
      return new Verdict.Fail(
          "cast_failed", "cannot be cast: " + String.join(", ", misfits), false);
    }
    for (Map.Entry<String, JsonValue> standard : config.defaults().entrySet()) {
      String path = standard.getKey();
      if (payload.at(path).isEmpty() && Fields.hasRoomAt(payload, path)) {
        payload = payload.withAt(path, standard.getValue());
      }
    }
    for (String path : config.drops()) {
      payload = Fields.change(payload, path, _ -> Optional.empty());
    }
    return new Verdict.Keep(payload.equals(event.payload()) ? event : event.withPayload(payload));
  }

  private static JsonObject rename(JsonObject payload, String from, String to) {
    Optional<JsonValue> value = payload.at(from);
    if (value.isEmpty() || from.equals(to)) {
      return payload;
    }
    JsonObject without = payload.withoutAt(from);
    return Fields.hasRoomAt(without, to) ? without.withAt(to, value.get()) : payload;
  }

  private JsonObject cast(JsonObject payload, String path, Cast cast, List<String> misfits) {
    return Fields.change(
        payload,
        path,
        value -> {
          Optional<JsonValue> made =
              value instanceof JsonNull ? Optional.of(value) : cast.apply(value);
          if (made.isPresent()) {
            return made;
          }
          misfits.add(path);
          return switch (config.onMisfit()) {
            case KEEP, FAIL -> Optional.of(value);
            case DROP_FIELD -> Optional.empty();
          };
        });
  }
}
