package io.pulsegate.transforms.pii;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNull;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.Fields;
import io.pulsegate.transforms.KeyedHash;
import io.pulsegate.transforms.pii.PiiScrubberConfig.Action;
import java.util.List;
import java.util.Optional;

/// Takes personal data out of a payload's values. Names of fields, the event's type and its keys
/// are not looked at.
final class PiiScrubber implements Transform {
  private final List<String> fields;
  private final List<PiiPattern> patterns;
  private final Action action;
  private final KeyedHash hash;

  PiiScrubber(List<String> fields, List<PiiPattern> patterns, Action action, KeyedHash hash) {
    this.fields = fields;
    this.patterns = patterns;
    this.action = action;
    this.hash = hash;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    JsonObject payload = event.payload();
    for (String path : fields) {
      payload = Fields.change(payload, path, this::scrubWhole);
    }
    payload = Fields.changeLeaves(payload, this::scrubLeaf);
    return new Verdict.Keep(payload.equals(event.payload()) ? event : event.withPayload(payload));
  }

  private Optional<JsonValue> scrubWhole(JsonValue value) {
    if (value instanceof JsonNull) {
      return Optional.of(value);
    }
    return switch (action) {
      case REDACT -> Optional.of(new JsonText("[redacted]"));
      case HASH -> {
        String text = value instanceof JsonText(String plain) ? plain : value.json();
        yield Optional.of(new JsonText(hash.of(text)));
      }
      case DROP -> Optional.empty();
    };
  }

  private Optional<JsonValue> scrubLeaf(JsonValue value) {
    return switch (value) {
      case JsonText(String text) -> {
        String scrubbed = scrub(text);
        if (scrubbed.equals(text)) {
          yield Optional.of(value);
        }
        yield action == Action.DROP ? Optional.empty() : Optional.of(new JsonText(scrubbed));
      }
      case JsonNumber(String digits) ->
          patterns.contains(PiiPattern.CARD) && PiiPattern.isCard(digits)
              ? scrubLeaf(new JsonText(digits))
              : Optional.of(value);
      default -> Optional.of(value);
    };
  }

  private String scrub(String text) {
    String scrubbed = text;
    for (PiiPattern pattern : patterns) {
      scrubbed =
          pattern.replaceAll(
              scrubbed, match -> action == Action.HASH ? hash.of(match) : pattern.mark());
    }
    return scrubbed;
  }
}
