package io.pulsegate.transforms.useragent;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.Fields;
import java.util.Optional;

/// Adds what a user agent says of itself.
final class UserAgentParser implements Transform {
  private final UserAgentParserConfig config;
  private final KnownAgents agents;

  UserAgentParser(UserAgentParserConfig config, KnownAgents agents) {
    this.config = config;
    this.agents = agents;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    JsonObject payload = event.payload();
    Optional<String> agent =
        config.fields().stream()
            .flatMap(path -> payload.at(path).stream())
            .flatMap(value ->
                value instanceof JsonText(String text) && !text.isBlank()
                    ? Optional.of(text).stream()
                    : Optional.<String>empty().stream())
            .findFirst();
    if (agent.isEmpty()
        || payload.at(config.target()).isPresent()
        || !Fields.hasRoomAt(payload, config.target())) {
      return new Verdict.Keep(event);
    }
    JsonObject found = agents.find(agent.get());
    return new Verdict.Keep(
        found.fields().isEmpty()
            ? event
            : event.withPayload(payload.withAt(config.target(), found)));
  }
}
